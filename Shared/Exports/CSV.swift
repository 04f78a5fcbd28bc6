/// Comma-separated values (RFC 4180).
///
/// By scalars: a mark that follows makes another character of a sign, and the same sign is read.
public enum CSV {
    /// What makes a spreadsheet take a cell for a formula; the wide forms too.
    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠",
    ]

    /// The line with which a file begins, after a byte order mark: without one Excel reads a file in the code page of its
    /// system, which is GBK where Windows is Chinese.
    public static func header(_ cells: [String]) -> String { "\u{FEFF}" + line(cells) }

    /// A line: each cell in quotes, and one that a spreadsheet would compute begun with an apostrophe.
    public static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let isFormula = cell.unicodeScalars.first.map(formulaStarts.contains) ?? false
            var doubled = String.UnicodeScalarView()
            for scalar in cell.unicodeScalars {
                if scalar == "\"" { doubled.append(scalar) }
                doubled.append(scalar)
            }
            return "\"" + (isFormula ? "'" : "") + String(doubled) + "\""
        }.joined(separator: ",") + "\r\n"
    }
}
