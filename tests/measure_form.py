#!/usr/bin/python3
"""Measures how fast the form of the release build is drawn with a Pod of 50 containers, and prints Markdown tables.

    tests/measure_form.py [--pictures FOLDER] [PROGRAM]

PROGRAM is target/release/podwright if not given. Every section of the form is open (Ctrl+Shift+E). What a frame's time is
stands in measure_large.py. The first table is of a Pod with one container and every section folded: what the software
renderer needs for a window with little in it, the least that a frame can take on the machine.

Needs what measure_large.py needs. Ends with code 2 where something is missing.
"""

from measure import Xvfb, machine
from measure_large import Window, display, options_of, row

CONTAINERS = 50
# A window of 1280×800: a place in the form, one in the outline, one in the text, and entries of the outline.
FORM, OUTLINE, TEXT = (500, 400), (100, 400), (1000, 300)
# What is typed goes into the first field of a container's page, its name.
FIRST_FIELD = (600, 123)


def container(n):
    """A container with something of everything."""
    probe = "    {}Probe:\n      httpGet:\n        path: /{}\n        port: http\n      periodSeconds: 10\n      failureThreshold: 3\n"
    env = "".join(f"    - name: SETTING_{k}\n      value: value-{k}\n" for k in range(8))
    mounts = "".join(f"    - name: data-{(n + k) % CONTAINERS}\n      mountPath: /data/{k}\n" for k in range(4))
    return (
        f"  # Container {n}\n  - name: worker-{n}\n    image: registry.example.com/team/worker:1.{n}\n"
        f"    command: [\"/bin/worker\", \"--number\", \"{n}\"]\n"
        f"    ports:\n    - name: http\n      containerPort: {8000 + n}\n    - name: metrics-{n}\n      containerPort: {9000 + n}\n"
        f"    env:\n{env}    - name: NODE\n      valueFrom:\n        fieldRef:\n          fieldPath: spec.nodeName\n"
        "    resources:\n      requests:\n        cpu: 50m\n        memory: 64Mi\n      limits:\n        memory: 128Mi\n"
        + "".join(probe.format(kind, kind) for kind in ["startup", "liveness", "readiness"])
        + "    lifecycle:\n      preStop:\n        sleep:\n          seconds: 5\n"
        "    securityContext:\n      runAsNonRoot: true\n      runAsUser: 1000\n      allowPrivilegeEscalation: false\n"
        f"      capabilities:\n        drop: [ALL]\n    volumeMounts:\n{mounts}"
    )


def volume(n):
    """A volume of one of five kinds."""
    sources = [
        "    emptyDir:\n      sizeLimit: 1Gi\n",
        f"    configMap:\n      name: settings-{n}\n      items:\n      - key: a\n        path: a.conf\n      - key: b\n        path: b.conf\n",
        f"    secret:\n      secretName: secret-{n}\n      defaultMode: 0400\n",
        f"    persistentVolumeClaim:\n      claimName: claim-{n}\n",
        "    projected:\n      sources:\n      - serviceAccountToken:\n          path: token\n      - downwardAPI:\n          items:\n"
        "          - path: labels\n            fieldRef:\n              fieldPath: metadata.labels\n",
    ]
    return f"  - name: data-{n}\n{sources[n % len(sources)]}"


def pod(count):
    """A Pod of so many containers and as many volumes."""
    return (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: large\n  labels:\n    app: large\nspec:\n  containers:\n"
        + "".join(map(container, range(count)))
        + "  serviceAccountName: worker\n  volumes:\n"
        + "".join(map(volume, range(CONTAINERS if count > 1 else 4)))
    )


def play(window, pages, pictures):
    """Does what a person does on each page, and prints the times. A page is a name, and the keys that lead to it."""
    print("| page | while | frames | frame to frame, ms: median / p95 / max | the window's thread, ms: median / p95 / max |")
    print("| --- | --- | --- | --- | --- |")
    for name, keys in pages:
        window.xdotool("mousemove", *FORM)
        go(window, keys)
        window.quiet()
        if pictures:
            window.picture(f"{pictures}/{name.replace(' ', '-')}.png")
        for what, act in [
            ("scrolling the form", lambda: wheel(window, FORM)),
            ("scrolling the outline", lambda: wheel(window, OUTLINE)),
            ("scrolling the text", lambda: wheel(window, TEXT)),
            ("moving the pointer over the form", lambda: wander(window)),
        ] + ([("typing 60 characters", lambda: type_name(window))] if name == "a container" else []):
            print(f"| {name} {row(what, window.phase(act))}", flush=True)


def go(window, keys):
    """The page that the outline's keyboard leads to."""
    if keys:
        window.xdotool("key", "--delay", 60, *keys)


def wheel(window, place):
    """Down and up again."""
    window.xdotool("mousemove", *place)
    for button in [5, 4]:
        window.xdotool("click", "--repeat", 150, "--delay", 8, button)


def wander(window):
    """The pointer over everything that is in sight."""
    for step in range(0, 400, 2):
        window.xdotool("mousemove", FORM[0] + step % 90 - 45, 120 + step)


def type_name(window):
    """Into the first field of the page, and taken away again."""
    window.xdotool("click", "--repeat", 60, "--delay", 2, 4, "mousemove", *FIRST_FIELD, "click", 1, "key", "End")
    window.xdotool("type", "--delay", 16, "a" * 60)
    window.xdotool("key", "--repeat", 60, "--delay", 16, "BackSpace")


# Through the finder, so that nothing depends on where an entry of the outline stands.
def found(path):
    return ["ctrl+k"] + ["slash" if c == "/" else "period" if c == "." else c for c in path] + ["Return"]


def main():
    """Measures and prints."""
    program, pictures = options_of(__doc__)
    for count, unfold in [(1, False), (CONTAINERS, True)]:
        text = pod(count)
        with Xvfb() as server:
            connection = display.Display(server.name)
            print(f"\n{count} containers, sections {'all open' if unfold else 'folded'}: {text.count(chr(10)):,} lines\n")
            window = Window(program, server, connection, text)
            try:
                window.quiet()
                window.xdotool("key", "ctrl+shift+e" if unfold else "ctrl+shift+f")
                pages = [("metadata", [])]
                if unfold:
                    pages += [
                        ("a container", found("spec.containers")),
                        ("volumes", found("spec.volumes")),
                        ("scheduling", found("spec.affinity")),
                        ("pod all fields", found("spec.restartpolicy")),
                    ]
                play(window, pages, pictures)
            finally:
                window.close()
                connection.close()
    print(f"\nMachine: {machine()}.")


if __name__ == "__main__":
    main()
