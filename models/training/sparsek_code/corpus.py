"""Repositories to one compact file of token segments.

    python -m sparsek_code.corpus --pack PACK --out train.xz --repos GIT_DIRECTORY...
    python -m sparsek_code.corpus --pack PACK --out train.xz --segments EXPORT.jsonl...

The second form reads what `sparsek segments DIR --json` prints: one line {path, startLine, endLine, tokens} a segment, the
path being the first line of `tokens`. The first form cuts the files itself (`cut`), in the same layout.
"""

from __future__ import annotations

import argparse
import io
import json
import lzma
import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path, PurePosixPath

import numpy as np

from .manifest import Pack
from .tokenizer import Tokenizer

SEGMENT_TOKENS = 1020
"""A segment with its path line; with the four sink tokens it is 1,024."""
CHARACTERS = 5_500_000
"""At most so much text from one repository."""
SUFFIXES = {".py", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".go", ".rs", ".java", ".c", ".h", ".cc", ".cpp", ".hpp"}
SKIPPED = re.compile(
    r"(^|/)(node_modules|vendor|third_party|deps|dist|build|_?_?fixtures?_?_?|__snapshots__|snapshots|testdata|jsfmt|locales?"
    r"|tests/format|_generated|generated)(/|$)|\.min\.|\.d\.ts$|_pb2|lock"
)
IMPORT = re.compile(
    r"^\s*(?:from|import|export|use|mod|#include|\}\s*from|const .*require)\b.*$|^\s*\"[\w./-]+\"$", re.MULTILINE
)
WORD = re.compile(r"[A-Za-z_][\w-]*")


@dataclass
class SourceFile:
    path: str
    header: list[int]
    """Tokens of the path line, in front of every segment of the file."""
    bodies: list[list[int]]
    """Tokens of each segment without the path line; joined, the whole file."""
    imports: list[str] = field(default_factory=list)
    """Words of its import lines: they are matched with the stems of other files' names."""


def readGit(directory: Path, limit: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Path and text of source files at HEAD, in random order, about `limit` characters in all; tests come last."""
    git = ["git", "-C", str(directory)]
    listed = subprocess.run([*git, "ls-tree", "-r", "-l", "HEAD"], check=True, capture_output=True, text=True).stdout
    rows = [line.split("\t", 1) for line in listed.splitlines()]
    found = [
        (path, details.split()) for details, path in rows if PurePosixPath(path).suffix in SUFFIXES and not SKIPPED.search(path)
    ]
    found = [(path, entry[2]) for path, entry in found if entry[3].isdigit() and 200 <= int(entry[3]) <= 200_000]
    random.Random(seed).shuffle(found)
    found.sort(key=lambda item: "test" in item[0].lower() or "spec" in item[0].lower() or "example" in item[0].lower())
    batch = subprocess.Popen([*git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert batch.stdin and batch.stdout
    for path, object in found:
        batch.stdin.write(f"{object}\n".encode())
        batch.stdin.flush()
        size = int(batch.stdout.readline().split()[2])
        text = batch.stdout.read(size + 1)[:-1].decode("utf-8", "replace")
        lines = text.splitlines()
        if not lines or "\ufffd" in text or max(map(len, lines)) > 1000 or len(text) / len(lines) > 120:
            continue  # binary, minified or generated
        yield path, text
        limit -= len(text)
        if limit < 0:
            break
    batch.stdin.close()
    batch.wait()


def cut(path: str, text: str, tokenizer: Tokenizer) -> SourceFile:
    """Cuts a file at the quietest line (blank before it, little indentation) in the last 40 % of each segment's room."""
    header = tokenizer.encode(path + "\n")
    room = SEGMENT_TOKENS - len(header)
    lines = text.splitlines(keepends=True)
    counts = [len(line) for line in tokenizer.encoding.encode_ordinary_batch(lines, num_threads=1)]
    bodies, start = [], 0
    while start < len(lines):
        end, used = start, 0
        while end < len(lines) and used + counts[end] <= room:
            used += counts[end]
            end += 1
        end = max(end, start + 1)
        if end < len(lines):
            earliest = start + max(1, (end - start) * 6 // 10)
            end = min(range(end, earliest - 1, -1), key=lambda line: disturbance(lines, line))
        bodies.append(tokenizer.encode("".join(lines[start:end]))[:room])
        start = end
    words = WORD.findall(" ".join(IMPORT.findall(text)))
    return SourceFile(path, header, bodies, sorted(set(words)))


def disturbance(lines: list[str], line: int) -> int:
    """How much a cut before `line` tears apart."""
    text = lines[line]
    indentation = len(text) - len(text.lstrip()) if text.strip() else 40
    return indentation + (0 if not lines[line - 1].strip() else 6)


def readExport(path: Path, tokenizer: Tokenizer) -> Iterator[SourceFile]:
    """Files from the engine's own segments. Segments of one file stand together, in order."""
    with path.open() as file:
        rows = (json.loads(line) for line in file)
        for name, segments in groupby(rows, key=lambda row: row["path"]):
            header = tokenizer.encode(name + "\n")
            bodies = [row["tokens"][len(header) :] for row in segments]
            text = tokenizer.decode([token for body in bodies for token in body])
            yield SourceFile(name, header, bodies, sorted(set(WORD.findall(" ".join(IMPORT.findall(text))))))


def resolveImports(files: list[SourceFile]) -> list[list[int]]:
    """For each file the files of its repository whose stem is named in its import lines; common stems are no evidence."""
    stems: dict[str, list[int]] = {}
    for index, file in enumerate(files):
        path = PurePosixPath(file.path)
        stem = path.parent.name if path.stem in ("index", "mod", "__init__", "lib") else path.stem
        stems.setdefault(stem, []).append(index)
    return [
        [other for word in file.imports for other in stems.get(word, []) if len(stems[word]) <= 4 and other != index]
        for index, file in enumerate(files)
    ]


def save(path: Path, repositories: dict[str, list[SourceFile]]) -> int:
    """Writes the corpus (see `data.Corpus`); returns its number of tokens."""
    files = [file for group in repositories.values() for file in group]
    segments = [body for file in files for body in file.bodies]
    imports: list[list[int]] = []
    for group in repositories.values():
        first = len(imports)
        imports += [[first + other for other in row] for row in resolveImports(group)]
    tokens = flat(segments)
    headers = flat([file.header for file in files])
    arrays = {
        "tokensLow": (tokens & 0xFFFF).astype(np.uint16), "tokensHigh": (tokens >> 16).astype(np.uint8),
        "segmentBounds": bounds(segments), "fileSegments": bounds([file.bodies for file in files]),
        "headers": headers, "headerBounds": bounds([file.header for file in files]),
        "imports": flat(imports), "importBounds": bounds(imports),
        "repositoryFiles": bounds(list(repositories.values())),
        "names": np.array(json.dumps({"repositories": list(repositories), "paths": [file.path for file in files]})),
    }  # fmt: skip
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=4))
    return len(tokens)


def flat(rows: list[list[int]]) -> np.ndarray:
    return np.fromiter((item for row in rows for item in row), np.uint32)


def bounds(rows: list[list]) -> np.ndarray:
    return np.cumsum([0, *map(len, rows)], dtype=np.int64)


def repositoryName(directory: Path) -> str:
    return directory.parent.name if directory.name in ("repo", ".git") else directory.name


def gather(directories: list[Path], exports: list[Path], tokenizer: Tokenizer, characters: int) -> dict[str, list[SourceFile]]:
    """Files by repository. Raises ValueError for a repository without any."""
    repositories: dict[str, list[SourceFile]] = {}
    for directory in directories:
        repositories[repositoryName(directory)] = [cut(path, text, tokenizer) for path, text in readGit(directory, characters)]
    for export in exports:
        repositories[export.stem] = list(readExport(export, tokenizer))
    for name, files in repositories.items():
        if not files:
            raise ValueError(f"{name} has no usable source file: leave it out, or check that its HEAD holds code.")
        print(f"{name}: {len(files)} files, {sum(len(file.bodies) for file in files)} segments", flush=True)
    return repositories


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True, help="pack folder: its tokenizer is used")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--repos", type=Path, nargs="*", default=[], help="git directories, bare or not")
    parser.add_argument("--segments", type=Path, nargs="*", default=[], help="exports of the engine, one repository each")
    parser.add_argument("--characters", type=int, default=CHARACTERS, help="at most so much text from one repository")
    options = parser.parse_args()
    tokenizer = Pack(options.pack).tokenizer()
    repositories = gather(options.repos, options.segments, tokenizer, options.characters)
    print(f"{options.out}: {save(options.out, repositories)} tokens, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
