"""Renderers: findings, trees and verdicts as text and as data, one file each."""
