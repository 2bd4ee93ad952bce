"""Source files of repositories and published packages as folders, for the engine to cut.

    python -m sparsek_code.sources --out TREES --repos GIT_DIRECTORY... --pip NAME... --npm NAME...
    for tree in TREES/*; do sparsek segments $tree --json --quiet > SEGMENTS/$(basename $tree).jsonl; done
    python -m sparsek_code.corpus --pack PACK --out train.xz --segments SEGMENTS/*.jsonl

A folder TREES/NAME holds at most CHARACTERS of text of one repository or package, chosen alike whatever the form it came in.
A folder that is there already is left alone, so that an interrupted call goes on. Packages are downloaded as source
archives with `pip download` and `npm pack`; nothing of them is run, but pip asks an archive for its metadata.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from .corpus import CHARACTERS, repositoryName, readGit


def write(tree: Path, files: Iterable[tuple[str, str]]) -> int:
    """Writes path and text of files below `tree`, all or nothing; returns their number."""
    with tempfile.TemporaryDirectory(dir=tree.parent, prefix=f"{tree.name}-") as scratch:
        count = 0
        for path, text in files:
            target = Path(scratch, "tree", path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
            count += 1
        if count == 0:
            raise ValueError(f"{tree.name} has no usable source file.")
        Path(scratch, "tree").rename(tree)
    return count


def download(command: list[str], name: str, pattern: str, folder: Path) -> Path:
    """Runs a package manager in `folder`; returns the archive that it left there."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    found = sorted(folder.glob(pattern))
    if done.returncode != 0 or not found:
        raise ValueError(f"No source archive of {name} can be had: {(done.stderr or done.stdout).strip()[-500:]}")
    return found[0]


def gitOf(archive: Path, folder: Path) -> Path:
    """Unpacks an archive into a git directory, so that its files are listed and chosen as a repository's are."""
    content = folder / "content"
    with tarfile.open(archive) as file:
        file.extractall(content, filter="data")
    roots = list(content.iterdir())
    root = roots[0] if len(roots) == 1 and roots[0].is_dir() else content
    shutil.rmtree(root / ".git", ignore_errors=True)
    git = ["git", "-C", str(root), "-c", "user.name=corpus", "-c", "user.email=corpus@localhost", "-c", "core.autocrlf=false"]
    for command in (["init", "-q"], ["add", "--all", "--force"], ["commit", "-q", "--no-verify", "-m", "archive"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    return root


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--repos", type=Path, nargs="*", default=[], help="git directories, bare or not")
    parser.add_argument("--pip", nargs="*", default=[], help="Python packages, as NAME or NAME==VERSION")
    parser.add_argument("--npm", nargs="*", default=[], help="npm packages, as NAME or NAME@VERSION")
    parser.add_argument("--characters", type=int, default=CHARACTERS, help="at most so much text from each")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    packages = [(name.split("==")[0], [*pip, name], "*.tar.gz") for name in options.pip]
    packages += [(PurePosixPath(name).name.split("@")[0], ["npm", "pack", "--silent", name], "*.tgz") for name in options.npm]
    for directory in options.repos:
        tree = options.out / repositoryName(directory)
        if not tree.exists():
            print(f"{tree.name}: {write(tree, readGit(directory, options.characters))} files", flush=True)
    for name, command, pattern in packages:
        tree = options.out / name
        if tree.exists():
            continue
        with tempfile.TemporaryDirectory() as scratch:
            archive = download(command, name, pattern, Path(scratch))
            print(f"{name}: {write(tree, readGit(gitOf(archive, Path(scratch)), options.characters))} files", flush=True)


if __name__ == "__main__":
    main()
