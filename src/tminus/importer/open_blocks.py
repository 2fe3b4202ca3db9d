"""What is open while a page is read line by line: its headings, and the list items at the current place."""

from __future__ import annotations

from tminus.importer.page import Block, Kind


class OpenBlocks:
    """The headings and items that the next block may belong to, the innermost last."""

    def __init__(self, root: Block) -> None:
        self.headings = [root]
        self.items: list[tuple[int, int, str, Block]] = []  # column of mark, column of text, sort of mark, holder

    def holder(self) -> Block:
        """The block that the next one goes beneath."""
        return self.items[-1][3] if self.items else self.headings[-1]

    def leave_items(self, indent: int) -> None:
        """Close the items that a block at this column does not belong to."""
        items = self.items
        while items and indent < items[-1][1] and indent < items[-1][0] + 2:
            items.pop()

    def open_heading(self, block: Block) -> None:
        """Put a heading where its level belongs; it ends every list."""
        self.items.clear()
        while len(self.headings) > 1 and self.headings[-1].level >= block.level:
            self.headings.pop()
        self.headings[-1].add(block)
        self.headings.append(block)

    def bold_heading(self, block: Block) -> None:
        """Put a bold line that heads what follows."""
        if not self.items:
            self.open_heading(block)
            return
        # Within a list item it heads the rest of that item, and the list goes on after it.
        mark, text, sort, holder = self.items[-1]
        if holder.kind is Kind.HEADING:
            self.items.pop()
            mark, text, sort, holder = self.items[-1]
        holder.add(block)
        self.items.append((mark, text, sort, block))


def column(space: str) -> int:
    """The column after leading white space; a tab goes to the next multiple of four."""
    return len(space.expandtabs(4)) if "\t" in space else len(space)
