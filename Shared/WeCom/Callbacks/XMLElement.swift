/// An element of a callback's XML: a name, text, and elements.
///
/// The reader knows what WeCom sends and refuses the rest: no document types, no entities but the five and numbers, no
/// processing instructions but the first line, at most 1 MiB and 16 levels. Attributes are stepped over.
struct XMLElement: Hashable {
    static let maximumBytes = 1 << 20
    static let maximumDepth = 16

    let name: String
    /// CDATA as it stands, and other text without the white space around it.
    var text = ""
    var children: [XMLElement] = []

    init(name: String) {
        self.name = name
    }

    /// Throws ``CallbackError/badXML``.
    init(parsing bytes: [UInt8]) throws {
        guard bytes.count <= Self.maximumBytes else { throw CallbackError.badXML }
        var reader = XMLReader(bytes)
        self = try reader.readDocument()
    }

    /// The text of the first child of this name; nil if it is absent or empty.
    func text(_ name: String) -> String? {
        guard let child = self[name], !child.text.isEmpty else { return nil }
        return child.text
    }

    /// The first child of this name.
    subscript(name: String) -> XMLElement? {
        children.first { $0.name == name }
    }
}
