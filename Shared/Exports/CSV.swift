/// Comma-separated values (RFC 4180).
public enum CSV {
    /// What makes a spreadsheet take a cell for a formula; the wide forms too.
    private static let formulaStarts: Set<Character> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\r\n", "＝", "＋", "－", "＠",
    ]

    /// A line: each cell in quotes, and one that a spreadsheet would compute begun with an apostrophe.
    public static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let isFormula = cell.first.map(formulaStarts.contains) ?? false
            return "\"" + (isFormula ? "'" : "")
                + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }.joined(separator: ",") + "\r\n"
    }
}
