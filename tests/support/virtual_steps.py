"""Steps on virtual services, for tests whose results are not looked at."""

from contextlib import AbstractAsyncContextManager

from prefect_expres.execution import ClientSteps, ResultView, Submission
from prefect_expres.storage import StoredFile
from prefect_expres.uws import UWSClient
from tests.support.virtual_service import VirtualService


class UnseenSteps(ClientSteps):
    """The steps on virtual services, one a job list; results are not viewed.

    Args:
        services: The service of each job list.
        largest_result: Bytes that one result may have.
    """

    def __init__(self, services: dict[str, VirtualService], largest_result: int = 2**20) -> None:
        super().__init__(next(iter(services.values())).client(), largest_result)
        self._services = services
        self.downloaded: list[Submission] = []

    def client(self, job_list: str) -> AbstractAsyncContextManager[UWSClient]:
        """Give a client of a job list's service."""
        return self._services[job_list].client()

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Download the results, and note for which submission."""
        self.downloaded.append(submission)
        return await super().download(submission, folder)

    async def view(self, cdf: StoredFile, folder: str) -> ResultView:
        """Find nothing visible."""
        return ResultView()
