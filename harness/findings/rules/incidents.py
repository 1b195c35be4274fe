"""Where the facts of the incidents stand that several explanations refer to."""

from __future__ import annotations

from typing import Final

CROWDSTRIKE_2024: Final = (
    "https://www.crowdstrike.com/wp-content/uploads/2024/08/"
    "Channel-File-291-Incident-Root-Cause-Analysis-08.06.2024.pdf"
)
GOOGLE_2025: Final = "https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW"
CLOUDFLARE_2025: Final = "https://blog.cloudflare.com/18-november-2025-outage/"
