/// Names and labels as Prometheus's text format wants them.
enum PrometheusText {
    /// Letters, digits, `_` and `:`; anything else becomes `_`.
    static func name(_ label: String, suffix: String = "") -> String {
        var name = String(label.unicodeScalars.map { isAllowed($0) ? Character($0) : "_" })
        if name.first?.isNumber ?? true { name = "_" + name }
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// `a="1",b="2"`, sorted, without the braces.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(self.name(name))=\"\(escaped)\""
        }
        .sorted().joined(separator: ",")
    }

    /// One line: name, labels in braces, value.
    static func line(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ":": true
        default: false
        }
    }
}
