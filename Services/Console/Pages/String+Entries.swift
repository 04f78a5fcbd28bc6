extension StringProtocol {
    /// Without spaces around it.
    var trimming: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// What somebody typed one a line, or parted by commas.
    var entries: [String] {
        split { $0.isNewline || $0 == "," }.map(\.trimming).filter { !$0.isEmpty }
    }
}
