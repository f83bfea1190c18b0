"""Electronic invoices: UBL, CII and FatturaPA; hostile XML."""

from __future__ import annotations

import pytest

from glassdome.files.read import read_file
from glassdome.files.source import Source
from glassdome.values.document import Document

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<ubl:Invoice xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>XR-1007</cbc:ID><cbc:IssueDate>2025-02-20</cbc:IssueDate><cbc:DueDate>2025-03-22</cbc:DueDate>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Papier Lorenz GmbH</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>DE44 5001 0517 5407 3249 31</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount currencyID="EUR">2400.00</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="EUR">2380</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cac:Item><cbc:Name>Kopierpapier planted</cbc:Name></cac:Item></cac:InvoiceLine>
</ubl:Invoice>"""
CII = """<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocument><ram:ID>RE-77</ram:ID><ram:IssueDateTime><udt:DateTimeString format="102">20250220</udt:DateTimeString>
</ram:IssueDateTime></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:Name>Nordlicht Druck</ram:Name></ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE02250500000181234567</ram:IBANID>
</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20250328</udt:DateTimeString>
</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:GrandTotalAmount>842.50</ram:GrandTotalAmount><ram:DuePayableAmount>842.50</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"""
FATTURA = """<?xml version="1.0"?><p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
<FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici><Anagrafica><Denominazione>Cartoleria Sole</Denominazione></Anagrafica>
</DatiAnagrafici></CedentePrestatore></FatturaElettronicaHeader><FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento>
<Divisa>EUR</Divisa><Data>2025-02-20</Data><Numero>F-9</Numero></DatiGeneraliDocumento></DatiGenerali><DatiPagamento><DettaglioPagamento>
<DataScadenzaPagamento>2025-03-31</DataScadenzaPagamento><ImportoPagamento>122.00</ImportoPagamento>
<IBAN>IT60X0542811101000000123456</IBAN></DettaglioPagamento></DatiPagamento></FatturaElettronicaBody></p:FatturaElettronica>"""


def read(data: str | bytes, name: str = "rechnung.xml") -> Document:
    """Read an XML file."""
    return read_file(Source(data=data.encode() if isinstance(data, str) else data, name=name))


def facts(document: Document) -> set[tuple[str, str]]:
    """Return types and values."""
    return {(fact.type, fact.value) for fact in document.facts}


def test_ubl() -> None:
    """The number of the invoice and not of its lines, what is payable, by when, to whom and where."""
    document = read(UBL)

    assert facts(document) == {
        ("reference", "XR-1007"),
        ("amount", "2380.00 EUR"),
        ("iban", "DE44500105175407324931"),
        ("date", "2025-03-22"),
        ("date", "2025-02-20"),
        ("payee", "Papier Lorenz GmbH"),
        ("issuer", "Papier Lorenz GmbH"),
    }
    assert document.title == "Invoice XR-1007"
    assert "Kopierpapier planted" in document.text


def test_cii() -> None:
    """The format inside ZUGFeRD and Factur-X, with its dates without hyphens; no XML declaration."""
    assert facts(read(CII)) >= {
        ("reference", "RE-77"),
        ("amount", "842.50 EUR"),
        ("iban", "DE02250500000181234567"),
        ("date", "2025-03-28"),
        ("payee", "Nordlicht Druck"),
    }


def test_fattura() -> None:
    """The Italian format."""
    assert facts(read(FATTURA)) >= {
        ("reference", "F-9"),
        ("amount", "122.00 EUR"),
        ("iban", "IT60X0542811101000000123456"),
        ("date", "2025-03-31"),
        ("payee", "Cartoleria Sole"),
    }


def test_other_xml_has_words() -> None:
    """XML that is no invoice gives its words and links, and no facts."""
    document = read('<?xml version="1.0"?><note><a>planted</a><b>see https://note.example/</b></note>')

    assert (document.text, [link.url for link in document.links]) == (
        "planted\nsee https://note.example/",
        ["https://note.example/"],
    )
    assert document.facts == ()


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa"><!ENTITY x "' + "&a;" * 100 + '">]>',
    ],
    ids=["external", "laughs"],
)
def test_entities_are_refused(head: str, codec: str) -> None:
    """No entity is resolved, in whatever charset the file defines it."""
    xml = f'<?xml version="1.0" encoding="{codec}"?>{head}<Invoice><ID>&x;</ID></Invoice>'
    document = read(xml.encode(codec))

    assert document.read == "damaged"
    assert (document.text, document.facts) == ("", ())


@pytest.mark.parametrize(
    "data", ["<a>" * 100_000, "<Invoice>" + "<ID>1</ID>" * 100_000, "<Invoice><ID>" + "9" * 5_000_000]
)
def test_huge_xml_is_bounded(data: str) -> None:
    """Deep, wide and long files end soon."""
    assert len(read("<?xml version='1.0'?>" + data).text) <= 200_000
