"""Streets, names, places and countries of labelled fields, one text at a time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.names import split_name
from smtpd_billbee.reader.phones import find_email, is_phone
from smtpd_billbee.reader.postal import split_place
from smtpd_billbee.reader.streets import split_street

STREETS = [
    ("Lindenweg 7", "DE", "Lindenweg", "7"),
    ("Straße des 17. Juni 135", "DE", "Straße des 17. Juni", "135"),
    ("Hauptstraße 12 a - c", "DE", "Hauptstraße", "12 a - c"),
    ("Mariahilfer Straße 12/3/4", "AT", "Mariahilfer Straße", "12/3/4"),
    ("Große Bleiche 60 / 62", "DE", "Große Bleiche", "60 / 62"),
    ("Bahnhofstr.5", None, "Bahnhofstr.", "5"),
    ("Schlossplatz", None, "Schlossplatz", None),
    ("Packstation 145", "DE", "Packstation", "145"),
    ("C4 12", "DE", "C4", "12"),
    ("Musterstr. 5, 2. OG", "DE", "Musterstr.", "5, 2. OG"),
    ("12 bis rue de la Paix", "FR", "rue de la Paix", "12 bis"),
    ("12 bis rue de la Paix", None, "rue de la Paix", "12 bis"),
    ("5 rue du 11 Novembre 1918", None, "rue du 11 Novembre 1918", "5"),
    ("Rue du Marché 15", "BE", "Rue du Marché", "15"),
    ("Plein 1944 6", "NL", "Plein 1944", "6"),
    ("Keizersgracht 123-II", "NL", "Keizersgracht", "123-II"),
    ("1600 Sample Avenue", "US", "Sample Avenue", "1600"),
    ("1600 Sample Avenue Apt 4B", "US", "Sample Avenue", "1600, Apt 4B"),
    ("123-45 67th Street", "US", "67th Street", "123-45"),
    ("221B Mill Lane", "GB", "Mill Lane", "221B"),
    ("High Street 5", "GB", "High Street", "5"),
    ("ul. Długa 5/7 m. 3", "PL", "ul. Długa", "5/7 m. 3"),
    ("3 Maja 7A", "PL", "3 Maja", "7A"),
    ("C/ Mayor, 5", "ES", "C/ Mayor", "5"),
    ("Carrera 7 # 71-21", "CO", "Carrera 7", "71-21"),
    ("Via Roma 12/A", "IT", "Via Roma", "12/A"),
    ("ул. Ленина, д. 5", "RU", "ул. Ленина", "5"),
    ("ул. 8 Марта", "RU", "ул. 8 Марта", None),
    ("Mannerheimintie 5 A 12", "FI", "Mannerheimintie", "5 A 12"),
    ("Atatürk Cad. No: 12/3", "TR", "Atatürk Cad.", "12/3"),
    ("", None, None, None),
]


@pytest.mark.parametrize(("text", "country", "street", "number"), STREETS, ids=[entry[0] for entry in STREETS])
def test_split_street(text, country, street, number):
    """The house number stands where its country writes it, and numbers of the name stay in the name."""
    assert (street, number) == split_street(text, country)


NAMES = [
    ("Erika Muster", "de", (None, "Erika", None, "Muster")),
    ("Herr Karl-Heinz Müller-Probe", "de", ("Herr", "Karl-Heinz", None, "Müller-Probe")),
    ("Frau Prof. Dr. Eva Maria Probe", "de", ("Frau Prof. Dr.", "Eva Maria", None, "Probe")),
    ("Muster, Erika", "de", (None, "Erika", None, "Muster")),
    ("Muster", "de", (None, None, None, "Muster")),
    ("Jan van den Probe", "nl", (None, "Jan", None, "van den Probe")),
    ("Andrés de la Prueba", "es", (None, "Andrés", None, "de la Prueba")),
    ("Lucía Prueba Ejemplo", "es", (None, "Lucía", None, "Prueba Ejemplo")),
    ("María José Prueba", "es", (None, "María José", None, "Prueba")),
    ("Andrés Prueba y Modelo", "es", (None, "Andrés", None, "Prueba y Modelo")),
    ("John Q. Sample", "en", (None, "John", "Q.", "Sample")),
    ("J. R. Sample", "en", (None, "J. R.", None, "Sample")),
    ("Mr & Mrs John Sample", "en", ("Mr & Mrs", "John", None, "Sample")),
    ("Mary-Ann O'Sample", "en", (None, "Mary-Ann", None, "O'Sample")),
    ("M. Jean Modèle", "fr", ("M.", "Jean", None, "Modèle")),
    ("M Jean Modèle", "fr", (None, "M Jean", None, "Modèle")),
    ("MODÈLE Jean-Paul", "fr", (None, "Jean-Paul", None, "MODÈLE")),
    ("Sig.ra Anna De Esempi", "it", ("Sig.ra", "Anna", None, "De Esempi")),
    ("г-н Иван Иванович Примеров", "ru", ("г-н", "Иван", "Иванович", "Примеров")),
    ("Примерова Ольга", "ru", (None, "Ольга", None, "Примерова")),
    ("例野 さくら 様", "ja", (None, "さくら", None, "例野")),
    ("ジョン・サンプル", "ja", (None, "ジョン", None, "サンプル")),
    ("王小红", "zh", (None, "小红", None, "王")),
    ("欧阳小红 女士", "zh", ("女士", "小红", None, "欧阳")),
    ("", None, (None, None, None, None)),
]


@pytest.mark.parametrize(("text", "language", "expected"), NAMES, ids=[entry[0] for entry in NAMES])
def test_split_name(text, language, expected):
    """Particles belong to the last name, titles to the salutation, and East Asia writes the family first."""
    assert expected == split_name(text, language)


PLACES = [
    ("12345 Berlin", "DE", ("12345", "Berlin", None)),
    ("D-12345 Berlin", None, ("12345", "Berlin", None)),
    ("Berlin", "DE", (None, "Berlin", None)),
    ("12345", "DE", ("12345", None, None)),
    ("26122 Oldenburg (Oldb)", "DE", ("26122", "Oldenburg (Oldb)", None)),
    ("3511 AB Utrecht", None, ("3511 AB", "Utrecht", None)),
    ("Portland, OR 97201", "US", ("97201", "Portland", "OR")),
    ("Portland, OR", "US", (None, "Portland", "OR")),
    ("York YO1 9ZZ", None, ("YO1 9ZZ", "York", None)),
    ("20121 Milano (MI)", "IT", ("20121", "Milano", "MI")),
    ("Milano (MI)", "IT", (None, "Milano", "MI")),
    ("191023, Санкт-Петербург", "RU", ("191023", "Санкт-Петербург", None)),
    ("Montréal (Québec) H2X 1Y4", "CA", ("H2X 1Y4", "Montréal", "Québec")),
    ("110 00 Praha 1", "CZ", ("110 00", "Praha 1", None)),
    ("Berlin 12345", "DE", ("12345", "Berlin", None)),
    ("", None, (None, None, None)),
]


@pytest.mark.parametrize(("text", "country", "expected"), PLACES, ids=[entry[0] for entry in PLACES])
def test_split_place(text, country, expected):
    """Postcode, city and state stand where the country writes them."""
    assert expected == split_place(text, country)


COUNTRIES = {
    "Deutschland": "DE", "Allemagne": "DE", "ドイツ": "DE", "Германия": "DE", "BRD": "DE", "DEU": "DE", "de": "DE",
    "Deutschland (DE)": "DE", "DE - Deutschland": "DE", "Österreich": "AT", "Suisse": "CH", "Schweiz/Suisse": "CH",
    "Svizzera": "CH", "USA": "US", "U.S.A.": "US", "United States (US)": "US", "UK": "GB", "Great Britain": "GB",
    "England": "GB", "Scotland": "GB", "Holland": "NL", "Pays-Bas": "NL", "Czechia": "CZ", "Česká republika": "CZ",
    "Tschechische Republik": "CZ",
    "中国": "CN", "台灣": "TW", "日本": "JP", "Россия": "RU", "Polska": "PL", "Sverige": "SE",
    "España": "ES", "Italia": "IT", "Portugal": "PT", "Irland": "IE", "Türkei": "TR", "Côte d’Ivoire": "CI",
    "DEUTSCHLAND": "DE", "Musterstadt": None, "": None, "Berlin": None, "D": None, "x" * 500: None,
}  # fmt: skip


@pytest.mark.parametrize("text", COUNTRIES)
def test_country_code(text):
    """A country is known by its name in our languages and its own, by its codes, and by its short forms."""
    assert COUNTRIES[text] == country_code(text)


@pytest.mark.parametrize(
    "text", ["+49 30 5550199", "030/555-0199", "(202) 555-0199", "8 (812) 555-01-99", "020 7946 0999"]
)
def test_phone(text):
    """A telephone number is known by its signs."""
    assert is_phone(text)


@pytest.mark.parametrize(
    "text", ["12345", "060-0001", "01310-200", "97201-1234", "12.03.1980", "Lindenweg 7", "2024-01-05"]
)
def test_no_phone(text):
    """Postcodes, dates and streets are no telephone numbers."""
    assert not is_phone(text)


def test_email():
    """The one address of a line; two are none."""
    assert "erika@muster.example" == find_email("E-Mail: <erika@muster.example>")
    assert "käthe@bücher.example" == find_email("käthe@bücher.example")
    assert "a@b.example" == find_email("a@b.example [mailto:a@b.example]")
    assert find_email("a@b.example, c@d.example") is None


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=100), st.sampled_from([None, "DE", "US", "FR", "GB", "RU", "JP", "IT"]))
def test_any_field(text, country):
    """Any text of a field is parted without an exception, and no part is empty."""
    parts = (*split_street(text, country), *split_place(text, country), *split_name(text, None), country_code(text))

    assert "" not in parts
