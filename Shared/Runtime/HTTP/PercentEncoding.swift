import Foundation

/// Texts as they stand in URLs and in forms.
public enum PercentEncoding {
    /// A text of which all but RFC 3986's unreserved characters are escaped.
    public static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// A form's name or value as it was meant, `+` as a space; one whose escapes are broken stays as it is.
    public static func decodeForm(_ text: Substring) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var spaced: [UInt8] = []
        spaced.reserveCapacity(text.utf8.count)
        for byte in text.utf8 { spaced.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte) }
        return decoded(spaced) ?? String(decoding: spaced, as: UTF8.self)
    }

    /// The fields of a form or of a query, `name=value&…`, in their order; one without `=` has an empty value.
    public static func decodeFields(_ form: String) -> [(name: String, value: String)] {
        form.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: decodeForm(parts[0]), value: parts.count == 2 ? decodeForm(parts[1]) : "")
        }
    }

    /// A segment of a path as it was meant, in which `+` is a plus; one whose escapes are broken stays as it is.
    public static func decodePath(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        return decoded(Array(text.utf8)) ?? text
    }

    /// The text without its escapes; `nil` where one is broken, or what they stand for is no text.
    private static func decoded(_ escaped: [UInt8]) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(escaped.count)
        var index = 0
        while index < escaped.count {
            if escaped[index] == UInt8(ascii: "%") {
                guard index + 2 < escaped.count, let high = value(escaped[index + 1]),
                    let low = value(escaped[index + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(escaped[index])
                index += 1
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// What a hexadecimal digit stands for.
    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// A URL with more fields in its query.
    ///
    /// - Parameters:
    ///   - url: With a query already, or without one.
    ///   - fields: In this order; those without a value are left out.
    public static func url(_ url: String, _ fields: [(name: String, value: String?)]) -> String {
        let pairs = fields.compactMap { field in field.value.map { "\(field.name)=\(encode($0))" } }
        guard !pairs.isEmpty else { return url }
        return url + (url.contains("?") ? "&" : "?") + pairs.joined(separator: "&")
    }

    /// The URL of a page.
    ///
    /// - Parameters:
    ///   - base: The origin, with a slash at its end or without one.
    ///   - path: With a slash at its beginning.
    ///   - query: In this order.
    public static func url(_ base: String, path: String, _ query: [(name: String, value: String)]) -> String {
        url((base.hasSuffix("/") ? String(base.dropLast()) : base) + path, query.map { ($0.name, $0.value) })
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
