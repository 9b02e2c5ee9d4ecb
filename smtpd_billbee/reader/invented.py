"""Invented values in the shape of real ones: the same length or nearly so, the same case, the same script.

Nothing of the original goes into the choice, only how many were chosen before: nobody can calculate back.
"""

import hashlib
from collections.abc import Collection, Sequence

GIVEN = [
    "Anna",
    "Jonas",
    "Clara",
    "Felix",
    "Marta",
    "Oskar",
    "Paula",
    "Simon",
    "Laura",
    "Martin",
    "Julia",
    "Peter",
    "Sophie",
    "Daniel",
    "Emma",
    "Thomas",
    "Elena",
    "Robert",
]
FAMILY = [
    "Ahlborn",
    "Brenner",
    "Corvin",
    "Dahlke",
    "Ebersold",
    "Falkner",
    "Garbers",
    "Hollander",
    "Imhoff",
    "Jarosch",
    "Kessling",
    "Lorang",
    "Merten",
    "Nordhus",
    "Ostwald",
    "Perlin",
    "Quandt",
    "Rosskamp",
    "Sandberg",
    "Tilmann",
    "Ulmer",
    "Vossberg",
    "Wendler",
    "Zierer",
]
TOWNS = [
    "Altfurt",
    "Brunnau",
    "Eschbach",
    "Falkenrode",
    "Grunstadt",
    "Heidelau",
    "Kirchbrunn",
    "Lindental",
    "Moosburg",
    "Neuental",
    "Seefelden",
]
STREETS = [
    "Ahorn",
    "Buchen",
    "Eschen",
    "Ulmen",
    "Erlen",
    "Tannen",
    "Rosen",
    "Garten",
    "Wiesen",
    "Mühlen",
    "Schiller",
    "Lessing",
    "Hafen",
]
_RUSSIAN = {
    "given": ["Анна", "Пётр", "Мария", "Иван", "Елена"],
    "family": ["Лебедев", "Соколов", "Морозов", "Волков", "Зайцев"],
}
_EAST = {
    "family": {
        1: ["林", "森", "原", "王", "李"],
        2: ["田中", "鈴木", "高橋", "伊藤", "山本", "渡辺"],
        3: ["佐々木", "長谷川"],
    },
    "given": {1: ["明", "健", "翔", "娜", "伟"], 2: ["花子", "太郎", "健一", "美香", "直樹"], 3: ["美智子"]},
}
_KEPT_EAST = frozenset("都道府県市区町村郡丁目番地号室階省县路街镇乡弄栋楼大")
_CLASSES = (
    "aeiou", "bcdfghklmnprstvwz", "AEIOU", "BDFGHKLMNPRSTW", "аеиоу", "бвгдзклмнпрст", "АЕИО", "БВГДКЛМНПРСТ",
    "あいうえおかきくけこさしすせそたちつてとなにのはひまみやゆらりるれろわ",
    "アイウエオカキクケコサシスセソタチツテトナニノハヒマミヤユラリルレロワ",
)  # fmt: skip
_KANJI = "青山松川田中野原石島森林岡村本木井上下東西南北"


class Inventor:
    """Makes values up, the same for the same; `taken` are words that stand in the mail already."""

    def __init__(self, variant: int, taken: Collection[str] = ()) -> None:
        self._variant = variant
        self._count = 0
        self._taken = set(taken)
        self._made: dict[str, str] = {}

    def word(self, original: str, sort: str) -> str:
        """Another word of its sort: given, family, town, street, other."""
        made = self._made.get(original.casefold())
        if made is None:
            made = self._made[original.casefold()] = self._new(original, sort)
        return _in_case(made, original)

    def _new(self, original: str, sort: str) -> str:
        for made in self._listed(original, sort):
            if made.casefold() not in self._taken:
                self._taken.add(made.casefold())
                return made
        for _ in range(20):
            made = "".join(self.letter(sign) for sign in original)
            if made.casefold() not in self._taken and made != original:
                break
        self._taken.add(made.casefold())
        return made

    def _listed(self, original: str, sort: str) -> list[str]:
        if "\u3400" <= original[0] <= "\u9fff":
            listed = _EAST.get(sort, {}).get(len(original), [])
        elif "\u0400" <= original[0] <= "\u04ff":
            listed = _RUSSIAN.get(sort, [])
        elif original[0] < "\u0250":
            listed = {"given": GIVEN, "family": FAMILY, "town": TOWNS, "street": STREETS}.get(sort, [])
        else:
            listed = []
        turn = self._variant % len(listed) if listed else 0
        return sorted([*listed[turn:], *listed[:turn]], key=lambda each: abs(len(each) - len(original)))

    def letter(self, sign: str) -> str:
        """A letter of the same kind; digits, marks and the words of places stay for the caller."""
        if "\u3400" <= sign <= "\u9fff":
            return sign if sign in _KEPT_EAST else self.one_of(_KANJI)
        plain = sign
        if sign.isalpha() and sign < "\u0250" and not sign.isascii():
            plain = "a" if sign.islower() else "A"
        elif sign.isascii() and sign.isalpha() and not any(sign in each for each in _CLASSES):
            plain = "b" if sign.islower() else "B"
        elif "\u0400" <= sign <= "\u04ff" and not any(sign in each for each in _CLASSES):
            plain = "а" if sign.islower() else "Б"
        return next((self.one_of(each) for each in _CLASSES if plain in each), sign)

    def digit(self, first: bool = False) -> str:
        """Any digit; the first of a number is no zero."""
        return self.one_of("123456789" if first else "0123456789")

    def one_of(self, signs: Sequence[str]) -> str:
        """One of these."""
        self._count += 1
        seed = hashlib.sha256(f"{self._variant}:{self._count}".encode()).digest()
        return signs[int.from_bytes(seed[:4], "big") % len(signs)]


def _in_case(made: str, original: str) -> str:
    if original.isupper() and len(original) > 1:
        return made.upper()
    return made.lower() if original.islower() else made
