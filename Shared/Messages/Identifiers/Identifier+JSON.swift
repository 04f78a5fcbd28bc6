import FoundationEssentials
import JSONCoding

/// The hot reader and writer of identifiers.
extension Identifier {
    /// Hyphens stand before the fifth, seventh, ninth and eleventh byte.
    private static var hyphens: UInt16 { 0b0101_0101_0000 }

    func write(to writer: inout JSONWriter) {
        let (high, low) = uuid.halves
        writer.write(hexadecimal: high, low, hyphens: Self.hyphens)
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> Self {
        let offset = reader.offset
        guard let identifier = Self(try reader.readString()) else {
            throw JSONError(expected: "UUID", offset: offset)
        }
        return identifier
    }
}
