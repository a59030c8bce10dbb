#!/usr/bin/env python3
"""Times kernels in turns through jupyter_client: python measure.py [--rounds 5] mole-kernel python3

Prints the minimum and the median of each figure. The cells of a Go kernel are used for every
kernel whose language is go, those of Python for the others.
"""
import argparse
import statistics
import time

from jupyter_client.manager import KernelManager

CELLS = {
    "go": dict(trivial="1+1", lines='for i := 0; i < 100000; i++ { fmt.Println("line", i) }',
               setup="abcdefgh := 1", loop="for { }"),
    "python": dict(trivial="1+1", lines='for i in range(100000): print("line", i)',
                   setup="abcdefgh = 1", loop="while True: pass"),
}


def measure(name, add):
    """Starts a kernel, adds its figures and stops it."""
    manager = KernelManager(kernel_name=name)
    cells = CELLS.get(manager.kernel_spec.language, CELLS["python"])
    began = time.perf_counter()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    add("spawn → ready, ms", time.perf_counter() - began)

    def run(code, count=None):
        seen = []
        began = time.perf_counter()
        reply = client.execute_interactive(code, timeout=60, output_hook=seen.append)
        assert reply["content"]["status"] == "ok", reply["content"]
        if count is not None:
            count.extend(m for m in seen if m["msg_type"] == "stream")
        return time.perf_counter() - began

    run(cells["setup"])
    for _ in range(50):
        add("trivial cell, ms", run(cells["trivial"]))
    messages = []
    add("100,000 lines, ms", run(cells["lines"], messages))
    text = "".join(m["content"]["text"] for m in messages)
    assert text == "".join(f"line {i}\n" for i in range(100000)), "lines were lost"
    for i in range(20):
        began = time.perf_counter()
        matches = client.complete("abcdef", 6, reply=True, timeout=10)["content"]["matches"]
        assert "abcdefgh" in matches, matches
        add("first completion, ms" if i == 0 else "completion, ms", time.perf_counter() - began)
    client.execute(cells["loop"])
    time.sleep(0.5)
    began = time.perf_counter()
    manager.interrupt_kernel()
    while client.get_iopub_msg(timeout=20)["content"].get("ename") is None:
        pass
    add("interrupt of a loop, ms", time.perf_counter() - began)
    client.stop_channels()
    began = time.perf_counter()
    manager.shutdown_kernel()
    add("shutdown, ms", time.perf_counter() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kernels", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    figures = {name: {} for name in options.kernels}
    for _ in range(options.rounds):
        for name in options.kernels:
            measure(name, lambda what, seconds: figures[name].setdefault(what, []).append(seconds * 1000))
    print("| minimum (median) | " + " | ".join(options.kernels) + " |")
    print("|---" * (1 + len(options.kernels)) + "|")
    for what in figures[options.kernels[0]]:
        cells = (f"{min(f[what]):.2f} ({statistics.median(f[what]):.2f})" for f in figures.values())
        print(f"| {what} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
