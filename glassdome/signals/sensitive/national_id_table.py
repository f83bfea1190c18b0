"""The national and tax numbers of persons that are recognised: how they are written, checked and called.

The check digits are python-stdnum's; the words are what the number is called in the languages of its country.
"""

from __future__ import annotations

from dataclasses import dataclass

from glassdome.signals.sensitive.phrases import Phrases

__all__ = ["ANY_ID", "DISTINCTIVE", "NATIONAL_IDS", "NationalId"]

#: What such numbers are called in general.
ANY_ID = Phrases(
    "national id", "national identity", "id number", "identity number", "identification number", "id card", "identity card", "personal id",
    "personal number", "personal identification", "citizen id", "tax id", "tax number", "taxpayer", "tin", "social security",
    "social insurance", "national insurance",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalId:
    """One kind of number: `module` is its python-stdnum module, `shape` a regular expression, `words` what must be near.

    `general`: one of ANY_ID closely before it does as well, its form and check digits being strong enough.
    """

    type: str
    module: str
    shape: str
    words: Phrases
    general: bool


def _id(kind: str, module: str, shape: str, *words: str, general: bool = True) -> NationalId:
    return NationalId(type=kind, module=module, shape=shape, words=Phrases(*words), general=general)


#: Recognised next to a word that names them.
NATIONAL_IDS: tuple[NationalId, ...] = (
    _id("us_ssn", "us.ssn", r"\d{3}[- ]?\d{2}[- ]?\d{4}", "ssn", "ssns", "social", "social security", "soc sec", "seguro social"),
    _id("us_itin", "us.itin", r"9\d{2}[- ]?\d{2}[- ]?\d{4}", "itin", "taxpayer", general=False),
    _id("ca_sin", "ca.sin", r"\d{3}[- ]?\d{3}[- ]?\d{3}", "sin", "sin number", "social insurance", "nas", "assurance sociale", general=False),
    _id("gb_nino", "", r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]", "nino", "ni number", "ni no", "national insurance"),
    _id("gb_nhs", "gb.nhs", r"\d{3}[- ]?\d{3}[- ]?\d{4}", "nhs", "nhs number", general=False),
    _id("ie_pps", "ie.pps", r"\d{7}[A-W][A-IW]?", "pps", "ppsn", "pps number"),
    _id("au_tfn", "au.tfn", r"\d{3} ?\d{3} ?\d{2,3}", "tfn", "tax file number", general=False),
    _id("nz_ird", "nz.ird", r"\d{2,3}[- ]?\d{3}[- ]?\d{3}", "ird", "ird number", general=False),
    _id("de_tax_id", "de.idnr", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "steuer id", "steueridentifikationsnummer", "idnr", "identifikationsnummer", "steuernummer", "steuerliche"),
    _id("at_vnr", "at.vnr", r"\d{4} ?\d{6}", "svnr", "sozialversicherungsnummer", "versicherungsnummer", "sv nummer", "sv-nr", general=False),
    _id("ch_ahv", "ch.ssn", r"756\.?\d{4}\.?\d{4}\.?\d{2}", "ahv", "avs", "ahv nummer", "ahv-nr", "sozialversicherungsnummer"),
    _id("fr_nir", "fr.nir", r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}", "nir", "sécurité sociale", "securite sociale", "insee", "numéro de sécu", "carte vitale"),
    _id("fr_tax_id", "fr.nif", r"[0-3]\d ?\d{2} ?\d{3} ?\d{3} ?\d{3}", "numéro fiscal", "numero fiscal", "identifiant fiscal", "spi", general=False),
    _id("be_nn", "be.nn", r"\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}", "rijksregisternummer", "rijksregister", "registre national", "numéro national", "insz", "niss"),
    _id("nl_bsn", "nl.bsn", r"\d{4}[. ]?\d{2}[. ]?\d{3}|\d{3}[. ]?\d{3}[. ]?\d{3}", "bsn", "burgerservicenummer", "sofinummer", general=False),
    _id("es_dni", "es.dni", r"\d{8}[- ]?[A-HJ-NP-TV-Z]|\d{2}\.\d{3}\.\d{3}[- ]?[A-HJ-NP-TV-Z]", "dni", "nif", "documento nacional", "documento de identidad"),
    _id("es_nie", "es.nie", r"[XYZ][- ]?\d{7}[- ]?[A-Z]", "nie", "nif", "número de extranjero", "extranjero", "documento de identidad"),
    _id("pt_nif", "pt.nif", r"[1-35-9]\d{2} ?\d{3} ?\d{3}", "nif", "contribuinte", "número de contribuinte", general=False),
    _id("pt_cc", "pt.cc", r"\d{8} ?\d ?[A-Z0-9]{2}\d", "cartão de cidadão", "cartao de cidadao", "cc"),
    _id("it_cf", "it.codicefiscale", r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]", "codice fiscale", "cod fisc", "fiscale", "c.f"),
    _id("pl_pesel", "pl.pesel", r"\d{11}", "pesel", "numer pesel"),
    _id("cz_rc", "cz.rc", r"\d{6}/?\d{3,4}", "rodné číslo", "rodne cislo", "rč", "birth number"),
    _id("ro_cnp", "ro.cnp", r"\d{13}", "cnp", "cod numeric personal"),
    _id("bg_egn", "bg.egn", r"\d{10}", "егн", "egn", "единен граждански номер"),
    _id("hr_oib", "hr.oib", r"\d{11}", "oib", "osobni identifikacijski broj"),
    _id("si_emso", "si.emso", r"\d{13}", "emšo", "emso"),
    _id("dk_cpr", "dk.cpr", r"\d{6}-?\d{4}", "cpr", "cpr nummer", "cpr-nr", "personnummer", general=False),
    _id("se_personnummer", "se.personnummer", r"(?:\d{2})?\d{6}[-+]?\d{4}", "personnummer", "personnr", "samordningsnummer"),
    _id("no_fodselsnummer", "no.fodselsnummer", r"\d{6} ?\d{5}", "fødselsnummer", "fodselsnummer", "personnummer", "fnr"),
    _id("fi_hetu", "fi.hetu", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", "hetu", "henkilötunnus", "henkilotunnus", "sotu"),
    _id("is_kennitala", "is_.kennitala", r"\d{6}-?\d{4}", "kennitala", "kt"),
    _id("ee_ik", "ee.ik", r"[1-8]\d{10}", "isikukood", "ik"),
    _id("lt_asmens", "lt.asmens", r"[1-9]\d{10}", "asmens kodas", "asmens"),
    _id("lv_pk", "lv.pvn", r"\d{6}-?\d{5}", "personas kods", "personas kodu", general=False),
    _id("gr_amka", "gr.amka", r"\d{11}", "αμκα", "amka"),
    _id("tr_tckimlik", "tr.tckimlik", r"[1-9]\d{10}", "tc kimlik", "tckn", "kimlik numarası", "kimlik no", "kimlik"),
    _id("il_id", "il.idnr", r"\d{9}", "תעודת זהות", "teudat zehut", general=False),
    _id("za_id", "za.idnr", r"\d{13}", "sa id", "rsa id", "identity no", "id no"),
    _id("in_aadhaar", "in_.aadhaar", r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}", "aadhaar", "aadhar", "uidai", "आधार"),
    _id("in_pan", "in_.pan", r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", "pan", "pan card", "permanent account number"),
    _id("pk_cnic", "pk.cnic", r"\d{5}-?\d{7}-?\d", "cnic", "nic"),
    _id("my_nric", "my.nric", r"\d{6}-?\d{2}-?\d{4}", "nric", "mykad", "ic number", "kad pengenalan"),
    _id("th_pin", "th.pin", r"\d[- ]?\d{4}[- ]?\d{5}[- ]?\d{2}[- ]?\d", "เลขประจำตัวประชาชน", "thai id"),
    _id("id_nik", "id.nik", r"\d{16}", "nik", "ktp", "nomor induk kependudukan", general=False),
    _id("cn_ric", "cn.ric", r"\d{17}[\dXx]", "身份证", "身份證", "resident identity"),
    _id("jp_my_number", "jp.in_", r"\d{4}[- ]?\d{4}[- ]?\d{4}", "マイナンバー", "個人番号", "my number"),
    _id("kr_rrn", "kr.rrn", r"\d{6}-?[1-8]\d{6}", "주민등록번호", "resident registration"),
    _id("br_cpf", "br.cpf", r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", "cpf"),
    _id("ar_dni", "ar.cuit", r"(?:20|23|24|27)-?\d{8}-?\d", "cuil", "cuit"),
    _id("cl_rut", "cl.rut", r"\d{1,2}\.?\d{3}\.?\d{3}-?[\dKk]", "rut", "run", "rol único tributario", general=False),
    _id("mx_curp", "mx.curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d", "curp"),
    _id("ec_ci", "ec.ci", r"\d{9}-?\d", "cédula", "cedula"),
    _id("do_cedula", "do.cedula", r"\d{3}-?\d{7}-?\d", "cédula", "cedula"),
    _id("ru_inn", "ru.inn", r"\d{12}", "инн", "inn", general=False),
    _id("ua_rntrc", "ua.rntrc", r"\d{10}", "рнокпп", "іпн", "ідентифікаційний код"),
)  # fmt: skip

_BY_TYPE = {item.type: item for item in NATIONAL_IDS}
#: Written so that form and check digits are proof enough without a word: (type, the form).
DISTINCTIVE: tuple[tuple[NationalId, str], ...] = tuple(
    (_BY_TYPE[kind], shape)
    for kind, shape in (
        ("us_ssn", r"\d{3}-\d{2}-\d{4}"),
        ("ch_ahv", r"756\.\d{4}\.\d{4}\.\d{2}"),
        ("fr_nir", r"[12] \d{2} \d{2} \d[\dAB] \d{3} \d{3} \d{2}"),
        ("be_nn", r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}"),
        ("fi_hetu", r"\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y]"),
        ("cn_ric", r"[1-9]\d{5}(?:19|20)\d{9}[\dXx]"),
        ("br_cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}"),
        ("cl_rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dKk]"),
        ("kr_rrn", r"\d{6}-[1-4]\d{6}"),
    )
)
