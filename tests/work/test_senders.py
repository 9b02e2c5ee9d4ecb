"""What a shop may be told to know its mails by."""

import pytest

from smtpd_billbee.errors import Refused
from smtpd_billbee.model.trust import Mark, Sort
from smtpd_billbee.work.senders import mark_of


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        ("Orders@Shop.example", Mark(Sort.ADDRESS, "orders@shop.example")),
        ("@shop.example", Mark(Sort.DOMAIN, "shop.example")),
        ("shop.example", Mark(Sort.DOMAIN, "shop.example")),
        ("https://www.Shop.example/tea?x", Mark(Sort.HOST, "shop.example")),
        ("https://teeladen.jimdofree.com", Mark(Sort.HOST, "teeladen.jimdofree.com")),
        ("https://tee-m\u00fcller.example", Mark(Sort.HOST, "xn--tee-mller-u9a.example")),
    ],
)
def test_what_can_be_told(words: str, mark: Mark) -> None:
    """An address, a domain with those below it, and a site."""
    assert mark == mark_of(words)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("gmail.com", "everybody can have an address"),
        ("co.uk", "anybody can have a domain below"),
        ("github.io", "anybody can have a domain below"),
        ("jimdo.com", "everybody can have a shop there"),
        ("no-reply@jimdo.com", "everybody can have a shop there"),
        ("mail.jimdo.com", "everybody can have a shop there"),
        ("https://jimdo.com/", "not one shop's site"),
        ("https://www.jimdofree.com", "not one shop's site"),
        ("https://github.io", "not one shop's site"),
        ("https://tea pot/", "no address of a site"),
        ("tea pot", "neither an address nor a domain"),
    ],
)
def test_what_would_let_everybody_in(words: str, why: str) -> None:
    """Refused with what to do instead: it would prove nothing, or keep the shop's own mails out."""
    with pytest.raises(Refused, match=why):
        mark_of(words)
