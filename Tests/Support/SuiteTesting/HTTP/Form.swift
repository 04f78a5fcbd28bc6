public import Foundation

/// HTML forms, as far as a test fills them in.
public enum Form {
    /// Fields as `application/x-www-form-urlencoded`.
    public static func encode(_ fields: [String: String]) -> Data {
        Data(query(fields).utf8)
    }

    /// Fields as a query string.
    public static func query(_ fields: [String: String]) -> String {
        fields.sorted { $0.key < $1.key }
            .map { "\(escape($0.key))=\(escape($0.value))" }
            .joined(separator: "&")
    }

    /// The value of `name` in the query of a URL.
    public static func value(of name: String, in url: String) -> String? {
        URLComponents(string: url)?.queryItems?.first { $0.name == name }?.value
    }

    /// The first link of a page whose address has `part` in it.
    public static func link(containing part: String, in page: String) -> String? {
        for piece in page.split(separator: "\"") where piece.contains(part) && !piece.contains(">") {
            return String(piece).replacing("&amp;", with: "&").replacing("&#x2F;", with: "/").replacing(
                "&#x3D;",
                with: "="
            )
        }
        return nil
    }

    private static func escape(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }
}
