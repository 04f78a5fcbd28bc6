import JSONCoding

extension XMLElement {
    /// Reads a message of either form.
    ///
    /// Throws ``CallbackError/badXML`` or ``CallbackError/badJSON``.
    init(message bytes: [UInt8]) throws {
        let isJSON = bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
        self = isJSON ? try Self.read(json: bytes) : try XMLElement(parsing: bytes)
    }

    /// The texts and whole numbers of an object as elements; what else it holds no event needs.
    private static func read(json bytes: [UInt8]) throws -> XMLElement {
        guard bytes.count <= maximumBytes, case .object(let members)? = try? JSONValue(parsing: bytes) else {
            throw CallbackError.badJSON
        }
        var element = XMLElement(name: "xml")
        for (name, value) in members {
            var child = XMLElement(name: name)
            switch value {
            case .string(let text): child.text = text
            case .integer(let number): child.text = String(number)
            default: continue
            }
            element.children.append(child)
        }
        return element
    }
}
