"""A checked file of voices, while a member of staff decides about what was found in it."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from discussions.screened import live_cases
from discussions.voices import Said, Voice
from discussions.voices_file import Checked
from moderation.screening import Advice, Finding, screen


@dataclass(frozen=True)
class Waiting:
    """Voices by their rows. Of the `asked`, none is entered unless that is chosen; the `held` are
    entered, and a moderator reads them first."""

    voices: dict[int, Voice]
    asked: tuple[int, ...]
    held: tuple[int, ...]

    @classmethod
    def of(cls, checked: Checked, moment: datetime) -> "Waiting":
        names, asked, held = live_cases(moment), [], []
        for row, voice in checked.voices:
            advised = {each.kind.advice for each in screen(voice.body, names)}
            if Advice.ASK in advised:
                asked.append(row)
            elif Advice.HOLD in advised:
                held.append(row)
        return cls(dict(checked.voices), tuple(asked), tuple(held))

    @property
    def key(self) -> str:
        """Tells it from any other, for the form that decides about it."""
        return hashlib.sha256(json.dumps(self.kept()).encode()).hexdigest()[:32]

    def to_enter(self, chosen: Collection[int]) -> list[Voice]:
        """`chosen` are those of the asked rows that are to be entered for a moderator to read."""
        return [
            replace(voice, waits=row in self.asked)
            for row, voice in self.voices.items()
            if row not in self.asked or row in chosen
        ]

    def found(self, row: int, moment: datetime) -> list[Finding]:
        return screen(self.voices[row].body, live_cases(moment))

    def kept(self) -> dict[str, Any]:
        """As JSON can keep it."""
        voices = [[row, _kept(voice)] for row, voice in self.voices.items()]
        return {"voices": voices, "asked": list(self.asked), "held": list(self.held)}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Waiting":
        """What `kept` gave."""
        voices = {row: _read(each) for row, each in kept["voices"]}
        return cls(voices, tuple(kept["asked"]), tuple(kept["held"]))


def _kept(voice: Voice) -> dict[str, Any]:
    kept = asdict(voice)
    on = voice.said.on
    kept["said"]["on"] = on.isoformat() if on else None
    del kept["confirmed"], kept["waits"]
    return kept


def _read(kept: dict[str, Any]) -> Voice:
    on = kept["said"]["on"]
    said = Said(**kept["said"] | {"on": date.fromisoformat(on) if on else None})
    return Voice(**kept | {"said": said})
