"""A corpus of token segments in memory, and the ranking of a repository's segments."""

from __future__ import annotations

import io
import json
import lzma
from pathlib import Path

import numpy as np

Array = np.ndarray


class Corpus:
    """Token segments of files of repositories, as `corpus.save` wrote them."""

    def __init__(self, path: Path) -> None:
        arrays = np.load(io.BytesIO(lzma.decompress(path.read_bytes())))
        self.tokens = arrays["tokensLow"].astype(np.int32) | (arrays["tokensHigh"].astype(np.int32) << 16)
        self.segmentBounds, self.fileSegments = arrays["segmentBounds"], arrays["fileSegments"]
        self.headers, self.headerBounds = arrays["headers"].astype(np.int32), arrays["headerBounds"]
        self.imports, self.importBounds = arrays["imports"].astype(np.int64), arrays["importBounds"]
        self.repositoryFiles = arrays["repositoryFiles"]
        names = json.loads(str(arrays["names"]))
        self.repositories: list[str] = names["repositories"]
        self.paths: list[str] = names["paths"]
        self.segmentFile = np.repeat(np.arange(len(self.paths)), np.diff(self.fileSegments))
        fileBounds = self.segmentBounds[self.fileSegments]
        self.fileLength = np.diff(fileBounds)
        self.indexes: dict[int, SegmentIndex] = {}

    def body(self, segment: int) -> Array:
        return self.tokens[self.segmentBounds[segment] : self.segmentBounds[segment + 1]]

    def segment(self, segment: int) -> Array:
        """The segment as it is encoded (without the sink): path line, then the body."""
        file = self.segmentFile[segment]
        return np.concatenate([self.headers[self.headerBounds[file] : self.headerBounds[file + 1]], self.body(segment)])

    def file(self, file: int, firstSegment: int = 0) -> Array:
        start, end = self.fileSegments[file] + firstSegment, self.fileSegments[file + 1]
        return self.tokens[self.segmentBounds[start] : self.segmentBounds[end]]

    def segmentsOf(self, files: Array) -> Array:
        rows = [np.arange(self.fileSegments[file], self.fileSegments[file + 1]) for file in files]
        return np.concatenate(rows) if rows else np.zeros(0, np.int64)

    def repositorySegments(self, repository: int) -> Array:
        files = self.repositoryFiles
        return np.arange(self.fileSegments[files[repository]], self.fileSegments[files[repository + 1]])

    def index(self, repository: int) -> SegmentIndex:
        if repository not in self.indexes:
            self.indexes[repository] = SegmentIndex([self.segment(s) for s in self.repositorySegments(repository)])
        return self.indexes[repository]

    def imported(self, file: int) -> Array:
        """Segments of the files that the file's import lines name."""
        return self.segmentsOf(np.unique(self.imports[self.importBounds[file] : self.importBounds[file + 1]]))

    def neighbours(self, file: int, repository: int) -> Array:
        """Segments of the files in the file's folder, itself included."""
        folder = lambda f: self.paths[f].rpartition("/")[0]  # noqa: E731
        files = range(*self.repositoryFiles[repository : repository + 2])
        return self.segmentsOf(np.array([f for f in files if folder(f) == folder(file)], np.int64))


class SegmentIndex:
    """Ranks a repository's segments by the rare tokens they share with a query."""

    def __init__(self, segments: list[Array]) -> None:
        distinct = [np.unique(segment) for segment in segments]
        self.tokens = np.concatenate(distinct)
        self.starts = np.cumsum([0, *map(len, distinct[:-1])])
        self.length = np.sqrt(np.array([len(row) for row in distinct]) + 1)
        frequency = np.bincount(self.tokens)
        self.weight = np.log1p(len(segments) / np.maximum(frequency, 1)).astype(np.float32)

    def relevance(self, query: Array) -> Array:
        """[segments]: sum over shared token ids of log(1 + N / document frequency), over sqrt(distinct ids + 1)."""
        wanted = np.zeros(len(self.weight), np.float32)
        ids = np.unique(query[query < len(wanted)])
        wanted[ids] = self.weight[ids]
        return np.add.reduceat(wanted[self.tokens], self.starts) / self.length
