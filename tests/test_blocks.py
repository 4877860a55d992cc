"""The block, as Prefect asks of blocks in general."""

import pytest
from prefect.testing.standard_test_suites import BlockStandardTestSuite

from prefect_expres.blocks import ExpresService


class TestExpresService(BlockStandardTestSuite):
    """Description, documentation, fields and example are as Prefect's own collections have them."""

    test_has_a_valid_image = None  # it downloads the logo, and tests stay on this machine

    @pytest.fixture
    def block(self) -> type[ExpresService]:
        """Give the block that is looked at."""
        return ExpresService

    def test_logo_has_an_address(self, block: type[ExpresService]) -> None:
        """The form shows a picture beside the drop-down."""
        assert str(block._logo_url).startswith("https://")  # noqa: SLF001 - Prefect's name for it
