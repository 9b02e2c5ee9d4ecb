"""The command `smtpd-billbee`; `python -m smtpd_billbee` is the same.

Every child process loads the file again that was run as the command (multiprocessing: "Safe importing of main module"),
so nothing is loaded here before somebody runs it: in each child it would take 20 MiB.
"""


def main() -> None:
    """Run the command line."""
    from smtpd_billbee.cli import main as command  # no child process needs it

    command()


if __name__ == "__main__":
    main()
