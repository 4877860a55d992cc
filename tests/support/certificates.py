"""A certificate authority of a test, and certificates that it signs.

They have what Python 3.13 asks of every certificate: what a key is for, and which key has signed.
"""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class Authority:
    """An authority: its key and certificate, and the PEM file that has the certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    bundle: Path

    @classmethod
    def make(cls, folder: Path) -> "Authority":
        """Make an authority that nobody knows; its PEM file is in the folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Authority of a test")
        limits = x509.BasicConstraints(ca=True, path_length=None)
        certificate = (
            _builder(name, name, key)
            .add_extension(limits, critical=True)
            .add_extension(_SIGNS, critical=True)
            .add_extension(_key_id(key), critical=False)
        )
        signed = certificate.sign(key, hashes.SHA256())
        bundle = folder / "authority.pem"
        bundle.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        return cls(key, signed, bundle)

    def server_context(self, *addresses: str) -> ssl.SSLContext:
        """Give the context of a server whose certificate is for these addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.IPAddress(ipaddress.ip_address(each)) for each in addresses]
        signer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(_key_id(self.key))
        builder = (
            _builder(_name("server"), self.certificate.subject, key)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(signer, critical=False)
        )
        signed = builder.sign(self.key, hashes.SHA256())
        pem = self.bundle.with_name("server.pem")
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context


def _key_id(key: ec.EllipticCurvePrivateKey) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
