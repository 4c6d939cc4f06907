"""Starts a Flink application from plain files: a JobManager and TaskManagers, as Flink's own scripts do it.

The PyPI distribution lacks the scripts, so the few decisions that they make are here: class path, plugins, module
access for Java 17, and memory, which Flink's `BashJavaUtils` calculates just as it does for `config.sh`.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local.artefacts.flink import flink_home
from local.artefacts.java import flink_java
from local.errors import LocalError
from local.state.files import write_atomically

_ANSWER = "BASH_JAVA_UTILS_EXEC_RESULT:"
_MEMORY_SECONDS = 60
# As in `env.java.opts.all` of the config.yaml in Flink's own distribution.
_EXPORTS = (
    "java.base/sun.net.util",
    "java.rmi/sun.rmi.registry",
    "jdk.compiler/com.sun.tools.javac.api",
    "jdk.compiler/com.sun.tools.javac.file",
    "jdk.compiler/com.sun.tools.javac.parser",
    "jdk.compiler/com.sun.tools.javac.tree",
    "jdk.compiler/com.sun.tools.javac.util",
    "java.security.jgss/sun.security.krb5",
)
_OPENS = (
    "java.lang",
    "java.net",
    "java.io",
    "java.nio",
    "sun.nio.ch",
    "java.lang.reflect",
    "java.text",
    "java.time",
    "java.util",
    "java.util.concurrent",
    "java.util.concurrent.atomic",
    "java.util.concurrent.locks",
)
_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %-40c{1} %m%n
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
logger.kafka.name = org.apache.kafka
logger.kafka.level = WARN
logger.pekko.name = org.apache.pekko
logger.pekko.level = WARN
"""


class FlinkMemoryError(LocalError):
    """Flink refuses the memory settings."""


@dataclass(frozen=True)
class FlinkFolder:
    """Working folder of one application: `conf/`, and `usrlib/` with the job's jar, where Flink looks for it."""

    path: Path

    def write(self, configuration: Mapping[str, str], jar: Path) -> None:
        """Write the configuration and link the jar; safe to repeat."""
        for name in ("conf", "usrlib"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        # JSON strings are also YAML, so any value is safe in quotes.
        lines = (f'{key}: "{_escaped(value)}"' for key, value in sorted(configuration.items()))
        write_atomically(self.conf / "config.yaml", "\n".join([*lines, ""]))
        write_atomically(self.logging, _LOGGING)
        link = self.path / "usrlib" / jar.name
        if not link.is_symlink() or link.readlink() != jar:
            link.unlink(missing_ok=True)
            link.symlink_to(jar)

    @property
    def conf(self) -> Path:
        """Folder of config.yaml."""
        return self.path / "conf"

    @property
    def logging(self) -> Path:
        """Logging configuration: to the console, which the supervisor writes to a file."""
        return self.path / "conf" / "log4j2.properties"

    def environment(self) -> dict[str, str]:
        """Variables that Flink reads besides its configuration."""
        home = flink_home()
        return {"FLINK_CONF_DIR": str(self.conf), "FLINK_PLUGINS_DIR": str(home / "plugins")}

    def job_manager(
        self, entry_class: str, job_id: str, arguments: tuple[str, ...], restore_from: str = ""
    ) -> list[str]:
        """Command of a JobManager in application mode. `restore_from` is the path of a savepoint or checkpoint.

        Raises `FlinkMemoryError`.
        """
        jvm, dynamic = self._memory("GET_JM_RESOURCE_PARAMS")
        main = "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint"
        job = ["--job-classname", entry_class, "--job-id", job_id]
        restore = ["--fromSavepoint", restore_from] if restore_from else []
        return [*_java(self, jvm), main, "--configDir", str(self.conf), *job, *restore, *dynamic, *arguments]

    def task_manager(self) -> list[str]:
        """Command of a TaskManager. Raises `FlinkMemoryError`."""
        jvm, dynamic = self._memory("GET_TM_RESOURCE_PARAMS")
        main = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
        return [*_java(self, jvm), main, "--configDir", str(self.conf), *dynamic]

    def _memory(
        self, question: Literal["GET_JM_RESOURCE_PARAMS", "GET_TM_RESOURCE_PARAMS"]
    ) -> tuple[list[str], list[str]]:
        """JVM options and `-D key=value` arguments that follow from the configured memory."""
        home = flink_home()
        class_path = f"{home}/bin/bash-java-utils.jar:{home}/lib/*"
        main = "org.apache.flink.runtime.util.bash.BashJavaUtils"
        quick = ("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # it lives for half a second
        argv = [str(flink_java()), *quick, "-cp", class_path, main, question, "--configDir", str(self.conf)]
        asked = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=_MEMORY_SECONDS)
        answers = [line.removeprefix(_ANSWER) for line in asked.stdout.splitlines() if line.startswith(_ANSWER)]
        if asked.returncode or len(answers) != 2:
            said = "\n".join([*asked.stdout.splitlines()[-3:], *asked.stderr.splitlines()[-3:]])
            why = f"it ended with code {asked.returncode}: {said}"
            raise FlinkMemoryError(f"size memory from {self.conf}", why, "set the process memory of both resources")
        return answers[0].split(), answers[1].split()


def _java(folder: FlinkFolder, jvm: list[str]) -> list[str]:
    access = [f"--add-exports={package}=ALL-UNNAMED" for package in _EXPORTS]
    access += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENS]
    logging = f"-Dlog4j.configurationFile={folder.logging}"
    return [str(flink_java()), *jvm, *access, logging, "-cp", f"{flink_home()}/lib/*"]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
