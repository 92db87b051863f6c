"""What to copy into each source so that it reports here; the browser puts this installation's address in.

The texts are the files in `snippets/`: `{origin}`, `{scheme}` and `{host}` are those the browser sees. Secrets are
never shown: `$WEBHOOK_SECRET` stands for the one this installation was given.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from components.copying import copy_button
from components.filters import segments
from components.links import page_path
from components.tags import Child, Node, el

PATH = "/ingest"
SNIPPETS = Path(__file__).parent / "snippets"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text to copy, and where it goes."""

    caption: str
    file: str

    @property
    def text(self) -> str:
        """The text, with places for this installation's address."""
        return _read(self.file)


@cache
def _read(file: str) -> str:
    return (SNIPPETS / file).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Setup:
    """How one source is connected."""

    name: str
    title: str
    steps: tuple[str, ...]
    snippets: tuple[Snippet, ...]


SETUPS: tuple[Setup, ...] = (
    Setup(
        "github", "GitHub: webhook",
        (
            "In the repository or organization: Settings, Webhooks, Add webhook, with the values below.",
            "GitHub proves each delivery by a signature made with the secret; the ping appears under deliveries.",
            "Deployments are taken as they are; a workflow is one only where a mapping rule of the catalog says so.",
        ),
        (Snippet("Values of the webhook", "github-webhook.txt"), Snippet("Or with gh", "github-webhook.sh")),
    ),
    Setup(
        "github-action", "GitHub: a step of the workflow",
        ("For workflows without GitHub deployments: a step before, one after. What cannot be told is a warning.",),
        (Snippet(".github/workflows/deploy.yml", "github-workflow.yml"),),
    ),
    Setup(
        "gitlab", "GitLab: webhook",
        (
            "In the project or group: Settings, Webhooks, with the values below.",
            "Deployments are taken as they are; pipelines and jobs only where a mapping rule says so.",
        ),
        (Snippet("Values of the webhook", "gitlab-webhook.txt"), Snippet("Or with the API", "gitlab-webhook.sh")),
    ),
    Setup(
        "argocd", "Argo CD: notifications",
        (
            "Put the secret into argocd-notifications-secret as ddq-secret, the template into the config map, and "
            "the annotations on each Application.",
            "The triggers of Argo's own catalogue fire once per revision: a second failure would be silent.",
        ),
        (
            Snippet("ConfigMap argocd-notifications-cm", "argocd-notifications.yml"),
            Snippet("Annotations of an Application", "argocd-annotations.yml"),
        ),
    ),
    Setup(
        "argo-rollouts", "Argo Rollouts: notifications",
        (
            "The secret goes into argo-rollouts-notification-secret as ddq-secret.",
            "The rollout watcher sees Rollouts without this: use one of the two.",
        ),
        (
            Snippet("ConfigMap argo-rollouts-notification-configmap", "argo-rollouts-notifications.yml"),
            Snippet("Annotations of a Rollout", "argo-rollouts-annotations.yml"),
        ),
    ),
    Setup(
        "jenkins", "Jenkins",
        (
            "Notification plugin: a JSON endpoint for all events; the password in its address is the secret. Put the "
            "address into a credential (secret text) named dashboard-url.",
            "The job's parameters CLUSTER, SERVICE and VERSION name what is deployed; else a mapping rule does.",
            "HTTP Request plugin: the pipeline says it itself, in the words of our envelope.",
        ),
        (
            Snippet("Notification plugin: the address, for the credential", "jenkins-plugin.txt"),
            Snippet("Notification plugin: Jenkinsfile", "Jenkinsfile-plugin"),
            Snippet("HTTP Request plugin: Jenkinsfile", "Jenkinsfile"),
        ),
    ),
    Setup(
        "spinnaker", "Spinnaker: echo",
        ("A REST endpoint of echo. A pipeline is a deployment where a mapping rule of the catalog says so.",),
        (Snippet("~/.hal/default/profiles/echo-local.yml", "spinnaker-echo.yml"),),
    ),
    Setup(
        "kubernetes", "Kubernetes: rollout watcher",
        (
            "A small process of the same image that watches Deployments and Rollouts and writes to the queue itself.",
            "Its service account must be allowed to send to the queue and to read the catalog's table.",
        ),
        (Snippet("Manifest", "rollout-watcher.yml"),),
    ),
    Setup(
        "cdevents", "CloudEvents and CDEvents",
        ("Any sender of CloudEvents over HTTP: binary, structured or batch mode.",),
        (Snippet("A service was deployed, in binary mode", "cdevents.sh"),),
    ),
    Setup(
        "junit", "JUnit files",
        ("After the tests: the file as it is. Name the attempt, or cluster-region, service and version.",),
        (Snippet("By attempt", "junit-by-attempt.sh"), Snippet("By version", "junit-by-version.sh")),
    ),
    Setup(
        "curl", "Anything that can run curl",
        ("Our own envelope, from a script. The answer holds the attempt's id, for its test results.",),
        (Snippet("Shell", "curl.sh"),),
    ),
    Setup(
        "sqs", "Inside AWS: straight onto the queue",
        ("The same object as a message, for senders with the right to send to the queue. QUEUE_URL is the queue's.",),
        (Snippet("Python", "sqs.py.txt"),),
    ),
)  # fmt: skip


def named(name: str) -> Setup:
    """The set-up of that name, else the first."""
    return next((one for one in SETUPS if one.name == name), SETUPS[0])


def choice(current: Setup) -> Node:
    """The sources; each is an address of its own."""
    options = [(one.title, page_path(PATH, {"view": "set-up", "for": one.name}), one is current) for one in SETUPS]
    return segments("Sources", options)


def body(setup: Setup) -> list[Node]:
    """The steps, and what to copy."""
    steps: list[Child] = [el("Li", step) for step in setup.steps]
    return [el("Ul", steps, cls="steps"), *[_snippet(one) for one in setup.snippets]]


def _snippet(snippet: Snippet) -> Node:
    text = el("Code", snippet.text, cls="with-origin")
    code = el("Pre", text, cls="command", tabIndex="0", role="region", aria_label=snippet.caption)
    button = copy_button(snippet.text, snippet.caption)
    head = el("Div", el("H3", snippet.caption, cls="snippet-title"), button, cls="snippet-head")
    return el("Div", head, code, cls="snippet")
