"""Fixtures: the results of all candidates."""

import pytest

from tests.identification.case import MODELS, Results, result_of


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Give the results of each model."""
    folder = tmp_path_factory.mktemp("candidates")
    return {model: [result_of(model, folder)] for model in MODELS}
