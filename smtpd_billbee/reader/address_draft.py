"""An address while it is read: its fields, the lines they came from, the parts still to be told, the doubts so far."""

from dataclasses import dataclass, field

from smtpd_billbee.reader.address_lines import Part

NO_NAME = "The address names neither a person nor a company."
NO_STREET = "The street cannot be told from the other lines of the address."
NO_CITY = "The city cannot be told from the other lines of the address."
NO_POSTCODE = "The postcode cannot be told from the other lines of the address."
WRONG_POSTCODE = "The postcode does not have the form of the country."
TWO_STREETS = "Two lines of the address look like a street."
TWO_PLACES = "Two lines of the address look like a postcode with its city."
WHOLE_NAME = "First and last name cannot be told apart."
PERSON_OR_COMPANY = "Which line of the address is the person cannot be told."
TWO_COUNTRIES = "Two lines of the address name a country."
LEFT_OVER = "A line of the address fits no field."

EAST = frozenset(("JP", "CN", "TW", "HK"))
SMALL_LAST = EAST | {"RU", "UA", "BY", "KZ", "KR"}  # the name may follow the place


@dataclass(slots=True)
class Draft:
    """`country` is the one that the block says or, once there is a place, the one whose form the place has."""

    parts: list[Part]
    hints: tuple[str, ...]
    language: str | None
    fields: dict[str, str] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    additions: list[Part] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    ignored: set[int] = field(default_factory=set)
    country: str | None = None
    country_at: int | None = None
    place_at: int | None = None
    street_at: int | None = None

    def put(self, name: str, value: str | None, part: Part) -> None:
        """Keep a field's value; the first one stays."""
        value = value.strip() if value else None
        if value and name not in self.fields:
            self.fields[name] = value
            self.sources[name] = part.index

    def take(self, name: str, part: Part) -> None:
        """The whole part is the field's value."""
        self.put(name, part.text.strip(" ,"), part)
        self.parts.remove(part)

    def doubt(self, sentence: str) -> None:
        """Keep a sentence for a person, once."""
        if sentence not in self.doubts:
            self.doubts.append(sentence)

    def guess(self) -> str | None:
        """The country in whose forms to read, if need be the shop's."""
        return self.country or (self.hints[0] if self.hints else None)

    def email(self) -> str | None:
        """The block's e-mail address: it often has the person's name."""
        return self.fields.get("email")
