"""What stands on the copy of a mail that did not become an order, because nobody knows where it comes from."""

HEADER = "X-Smtpd-Billbee-Import"

_ENGLISH = 'This mail has not become an order: {why}. It waits for you under "To check".'
_GERMAN = "Aus dieser E-Mail ist keine Bestellung geworden: {why}. Sie wartet unter „Zu prüfen“ auf Sie."
_IN_GERMAN = {
    "nothing proves who sent it": "nichts beweist, wer sie gesendet hat",
    "who sent it is proved, and this shop does not know him": (
        "wer sie gesendet hat, ist bewiesen, aber dieser Shop kennt ihn nicht"
    ),
    "nobody has said yet that this is your shop's sender": (
        "noch hat niemand gesagt, dass dies der Absender Ihres Shops ist"
    ),
    "it seems to be of another shop": "sie scheint zu einem anderen Shop zu gehören",
    "it names another site beside this shop's": "sie nennt neben der Website dieses Shops noch eine andere",
    "it came to the address without its secret, and this shop takes orders with it only": (
        "sie kam an die Adresse ohne Geheimnis, und dieser Shop nimmt Bestellungen nur mit ihm"
    ),
    "the secret in its address is wrong": "das Geheimnis in ihrer Adresse ist falsch",
    "it says otherwise than the order that we have, and less is proved of its origin": (
        "sie sagt etwas anderes als die Bestellung, die wir haben, und von ihrer Herkunft ist weniger bewiesen"
    ),
    "it would add to an order that came by a file, and its origin is not proved": (
        "sie würde eine Bestellung ergänzen, die mit einer Datei kam, und ihre Herkunft ist nicht bewiesen"
    ),
}
_WITH_A_MAIL = "its Message-ID came before with another order: mail "
_WITH_A_MAIL_IN_GERMAN = "ihre Message-ID kam schon mit einer anderen Bestellung: E-Mail {mail}"
_SOMETHING = "an ihrer Herkunft ist etwas unklar"


def quarantine_line(reason: str, language: str = "en") -> str:
    """The sentence for whoever reads the copy; `reason` as it is kept with the mail."""
    if language == "de":
        return _GERMAN.format(why=_in_german(reason))
    return _ENGLISH.format(why=_one_line(reason))


def _in_german(reason: str) -> str:
    mail = reason.removeprefix(_WITH_A_MAIL)
    if mail != reason and mail.isdecimal():
        return _WITH_A_MAIL_IN_GERMAN.format(mail=mail)
    return _IN_GERMAN.get(reason, _SOMETHING)


def quarantine_header(reason: str) -> bytes:
    """The header for a copy whose text stays as it is; one line of ASCII, whatever the reason holds."""
    why = _one_line(reason)[:400].encode("ascii", "replace")
    return HEADER.encode() + b": no; " + why + b"\r\n"


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
