"""The client's component in Python, by PyPI's wasmtime: functions and fields by the names of the WIT, with underscores."""

from typing import Any, Iterator, Optional

from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker, Record, ResourceAny, Variant

INTERFACE = "astrolabe:client/client@0.1.0"


class AstrolabeError(Exception):
    """What the WIT calls `error`: `code`, `retryable`, `status` and the other fields are attributes of it."""

    def __init__(self, record: Record) -> None:
        super().__init__(record.message)
        self.__dict__.update(in_python(record).__dict__)


class Astrolabe:
    """An instance of the component. For one thread."""

    def __init__(self, path: str) -> None:
        engine = Engine()
        self.store = Store(engine)
        self.store.set_wasi(WasiConfig())
        self.store.set_wasi_http()
        linker = Linker(engine)
        linker.add_wasip2()
        linker.add_wasi_http()
        component = Component.from_file(engine, path)
        self.instance = linker.instantiate(self.store, component)
        self.interface = self.instance.get_export_index(self.store, INTERFACE)

    def call(self, name: str, *arguments: Any) -> Any:
        index = self.instance.get_export_index(self.store, name, self.interface)
        function = self.instance.get_func(self.store, index)
        result = function(self.store, *arguments)
        function.post_return(self.store)
        return outcome(result)

    def client(
        self,
        nextcloud_host: str,
        client_id: str,
        client_secret: str,
        timeout_ms: Optional[int] = None,
    ) -> "Client":
        """A client that logs in by the client-credentials grant; the WIT has the other ways in."""
        login = record(
            client_id=client_id,
            client_authentication=Variant("client-secret", record(secret=client_secret, method=None)),
            scope=None,
            provider=Variant("nextcloud"),
            token_parameters=[],
        )
        configuration = record(
            nextcloud_host=nextcloud_host,
            login=Variant("client-credentials", login),
            early_refresh_seconds=None,
            timeout_ms=timeout_ms,
            max_retries=None,
            max_response_bytes=None,
            allow_insecure_http=False,
            uses_token_store=False,
            token_store_secret=None,
        )
        return Client(self, self.call("[static]client.create", configuration, None))


class Client:
    """`client` of the WIT."""

    def __init__(self, astrolabe: Astrolabe, resource: ResourceAny) -> None:
        self.astrolabe = astrolabe
        self.resource = resource

    def call(self, name: str, *arguments: Any) -> Any:
        return self.astrolabe.call(f"[method]client.{name}", self.resource, *arguments)

    def get_background_sync_status(self, user_id: str, timeout_ms: Optional[int] = None) -> Any:
        return self.call("get-background-sync-status", user_id, timeout_ms)

    def diagnose(self, timeout_ms: Optional[int] = None) -> Any:
        return self.call("diagnose", timeout_ms)

    def list_users(self, search: Optional[str] = None) -> Iterator[str]:
        users = self.call("list-users", search, None, None)
        try:
            while (user_id := self.astrolabe.call("[method]users.next", users)) is not None:
                yield user_id
        finally:
            users.drop(self.astrolabe.store)

    def close(self) -> None:
        self.resource.drop(self.astrolabe.store)


def outcome(result: Any) -> Any:
    """wasmtime says which of the two a result is only where both are of one type of Python."""
    if isinstance(result, Variant) and result.tag in ("ok", "err"):
        is_error, result = result.tag == "err", result.payload
    else:
        is_error = isinstance(result, Record) and hasattr(result, "code")
    if is_error:
        raise AstrolabeError(result)
    return in_python(result)


def in_python(value: Any) -> Any:
    if isinstance(value, list):
        return [in_python(item) for item in value]
    if isinstance(value, Record):
        made = Record()
        for name, field in value.__dict__.items():
            setattr(made, name.replace("-", "_"), in_python(field))
        return made
    return value


def record(**fields: Any) -> Record:
    """As the WIT names its fields."""
    made = Record()
    for name, value in fields.items():
        setattr(made, name.replace("_", "-"), value)
    return made
