import "math"
import "pe"

rule words : first second
{
    meta:
        author = "nobody"
        weight = 3
        tested = true
    strings:
        $a = "needle"
        $b = "Haystack" nocase wide ascii
        $c = "word" fullword
    condition:
        $a or #b > 2 or @c[1] < 100
}

rule patterns
{
    strings:
        $hex = { 4D 5A ?? 00 [2-4] ( 01 | 02 03 ) 7F }
        $far = { 11 22 33 44 [0-400] 55 66 77 88 }
        $expression = /ab+c[0-9]{2,4}(x|y)*z/i
        $fast = /head.{0,20}tail/s
    condition:
        any of them
}

rule loops
{
    strings:
        $a = "aa"
        $b = "bb"
    condition:
        for any i in (1..#a) : ( @a[i] + 2 == @b[i] or !a[i] > 2 )
        or for all of ($a, $b) : ( $ at 0 or $ in (10..filesize) )
        or for 2 i in (0, 3, 5) : ( uint8(i) == 0x61 )
}

private rule hidden
{
    condition:
        filesize > 3 and uint16(0) == 0x5A4D
}

rule arithmetic
{
    condition:
        hidden or (filesize * 3 - 1) % 7 == 2 and ~filesize & 0xff != 1 << 3
        or uint32be(0) \ 2 > 10.5 or -filesize ^ 3 == 4
}

rule modules
{
    condition:
        math.entropy(0, filesize) > 2.5 or pe.number_of_sections == 1
        or pe.sections[0].name == ".text" or pe.version_info["Name"] contains "x"
}

rule outside
{
    condition:
        number == 7 or text matches /^a.c$/ or flag or ratio > 0.5
}
