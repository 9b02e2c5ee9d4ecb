"""Addresses in Chinese and Japanese script: from the big to the small, without blanks between the parts."""

import re
from dataclasses import dataclass

_LONGEST = 120
_LONGEST_PLACE = 16
_SCRIPT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_POST_MARK = re.compile(r"〒 ?([0-9０-９]{3}[-‐−ー－]?[0-9０-９]{4})\s*(.*)")
_CODE_BEHIND = re.compile(r"(\D{2,20}?)[ ,]+([0-9]{3}-[0-9]{4})")  # '千葉市中央区 260-0013'
_JAPANESE_CODE = re.compile(r"([0-9]{3}-[0-9]{4})(?:\s+(.*))?")
_CHINESE_CODE = re.compile(r"(?:邮编|郵編|邮政编码)?[:： ]?([0-9]{6}|[0-9]{3}(?:[0-9]{2,3})?)\s*(\D.*)?")

_PREFECTURE = re.compile(r"(東京都|北海道|京都府|大阪府|.{2,3}県)\s?(.*)")
# Cities with 市 or 町 within their names.
_CITIES_WITH_SHI = (
    "四日市市|廿日市市|八日市市|市川市|市原市|野々市市|十日町市|大町市"
    "|町田市|村上市|村山市|羽村市|東村山市|武蔵村山市|田村市"
)
_JAPANESE_CITY = re.compile(
    rf"((?:{_CITIES_WITH_SHI}|.{{1,6}}?市)(?:[^0-9０-９市]{{1,4}}?区)?|.{{1,5}}?郡.{{1,6}}?[町村]|.{{1,5}}?[区町村])\s?(.*)"
)
_ONLY_PREFECTURE = re.compile(r"東京都|北海道|京都府|大阪府|[\u3400-\u9fff]{2,3}県")
_ONLY_PROVINCE = re.compile(r"[\u3400-\u9fff]{2,3}省|[\u3400-\u9fff]{2,8}自治[区區]")
_IN_STREETS = re.compile(r"[东西南北中東一二三]{0,2}[路街道巷]")  # behind '环市', which is no city: '环市东路'
_PROVINCE = re.compile(r"([\u3400-\u9fff]{2,3}省|[\u3400-\u9fff]{2,8}自治[区區])\s?(.*)")
_CHINESE_CITY = re.compile(
    r"((?:[\u3400-\u9fff]{1,8}?(?:市|自治州|地区|盟)|[\u3400-\u9fff]{1,3}?[縣县])(?:[\u3400-\u9fff]{1,6}?[区區县縣旗])?"
    r"(?:[\u3400-\u9fff]{1,5}?[镇鎮乡鄉])?)\s?(.*)"
)
_CHINESE_NUMBER = re.compile(
    r"(\D*?(?:[0-9]段)?\D*?)\s?([0-9]{1,5}(?:[-–之][0-9]{1,4})?(?:\s?[号號弄]|巷[0-9]{1,4}[号號弄])(?:之[0-9]{1,3})?)\s?[,，]?\s?(.*)"
)
_BUILDING = re.compile(r"(\S*[0-9０-９]\S*?)[\s　]+(\S.*)")


@dataclass(frozen=True, slots=True)
class EastPlace:
    """The parts of one line."""

    postcode: str | None = None
    state: str | None = None
    city: str | None = None
    street: str | None = None
    number: str | None = None
    addition: str | None = None


def is_east(text: str) -> bool:
    """Is anything of the text in Chinese or Japanese script?"""
    return _SCRIPT.search(text) is not None


def country_of_script(text: str) -> str:
    """Kana and 〒 are Japanese; of a text in Chinese characters only, 省, 路 and 号 are Chinese."""
    japanese = any("\u3040" <= sign <= "\u30ff" or sign in "〒県府都" for sign in text)
    return "CN" if not japanese and any(sign in "省路号號" for sign in text) else "JP"


def read_east(text: str, country: str | None) -> EastPlace | None:
    """A line of an address in Japan, China or Taiwan; None if it shows neither postcode nor city."""
    if len(text) > _LONGEST:
        return None
    postcode, rest = _postcode(text, country)
    if postcode is None and not is_east(text):
        return None
    if not rest:
        return EastPlace(postcode)
    place = _chinese(rest) if country in ("CN", "TW", "HK") else _japanese(rest)
    if place is None and country == "HK":
        place = _hong_kong(rest)
    if place is None and country is None:
        place = _chinese(rest)
    if place is None:
        return None
    return EastPlace(postcode, place.state, place.city, place.street, place.number, place.addition)


def _postcode(text: str, country: str | None) -> tuple[str | None, str]:
    for shape in (_POST_MARK, _JAPANESE_CODE):
        match = shape.fullmatch(text)
        if match is not None:
            return match[1], match[2] or ""
    match = _CODE_BEHIND.fullmatch(text)
    if match is not None and is_east(match[1]):
        return match[2], match[1]
    match = _CHINESE_CODE.fullmatch(text) if country in ("CN", "TW") else None
    if match is not None and (match[2] is None or is_east(match[2])):
        return match[1], match[2] or ""
    return None, text


def _japanese(text: str) -> EastPlace | None:
    state = None
    match = _PREFECTURE.fullmatch(text)
    if match is not None:
        state, text = match[1], match[2]
    match = _JAPANESE_CITY.fullmatch(text)
    if match is None or (state is None and not re.search(r"[0-9０-９]|丁目|番地", match[2])):
        return None if state is None else EastPlace(state=state, street=text or None)
    street, addition = match[2], None
    building = _BUILDING.fullmatch(street)
    if building is not None:
        street, addition = building[1], building[2]
    return EastPlace(None, state, match[1], street or None, None, addition)


def _chinese(text: str) -> EastPlace | None:
    state = None
    match = _PROVINCE.fullmatch(text)
    if match is not None:
        state, text = match[1], match[2]
    match = _CHINESE_CITY.fullmatch(text)
    if match is None:
        return None
    city, rest = match[1], match[2]
    if state is None and _IN_STREETS.match(rest) is not None:
        return None
    numbered = _CHINESE_NUMBER.fullmatch(rest)
    if numbered is None:
        return EastPlace(None, state, city, rest or None)
    return EastPlace(None, state, city, numbered[1].rstrip(), numbered[2], numbered[3] or None)


_HONG_KONG = re.compile(
    r"(?P<city>(?:香港島?|九龍|九龙|新界|港島|港岛)(?:[\u3400-\u9fff]{1,3}[區区])?)?\s?"
    r"(?P<street>[\u3400-\u9fff]{2,12}?[道街路里徑径坊巷][東东中西南北]?)\s?(?P<number>[0-9]{1,4}[A-Z]?\s?[號号])\s?[,，]?\s?(?P<rest>.*)"
)


def _hong_kong(text: str) -> EastPlace | None:
    """'九龍旺角彌敦道123號12樓A室': no postcode, and the part of the town leads."""
    found = _HONG_KONG.fullmatch(text)
    if found is None:
        return None
    return EastPlace(None, None, found["city"], found["street"], found["number"], found["rest"] or None)


def whole_place(text: str) -> EastPlace | None:
    """A line that is nothing but a province, or a city with its ward: '愛知県', '名古屋市昭和区', '厦门市'."""
    if not 1 < len(text) <= _LONGEST_PLACE or any(sign.isdigit() for sign in text):
        return None
    if any(shape.fullmatch(text) and text[-1] in "都道府県省区區" for shape in (_ONLY_PREFECTURE, _ONLY_PROVINCE)):
        return EastPlace(state=text)
    shapes = (_JAPANESE_CITY, _CHINESE_CITY) if text[-1] in "市区區县縣" else ()
    found = any((match := shape.fullmatch(text)) is not None and not match[2] for shape in shapes)
    return EastPlace(city=text) if found else None


def read_east_street(text: str) -> EastPlace | None:
    """A line with the street alone: '世纪大道100号', '神宮前1-2-3 サンプルビル'."""
    numbered = _CHINESE_NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if numbered is not None and numbered[1]:
        return EastPlace(None, None, None, numbered[1], numbered[2], numbered[3] or None)
    if not is_east(text) or not any(sign.isdigit() for sign in text) or len(text) > _LONGEST:
        return None
    building = _BUILDING.fullmatch(text)
    return EastPlace(street=building[1], addition=building[2]) if building is not None else EastPlace(street=text)
