import FoundationEssentials

/// Base64 with `-` and `_` and without padding (RFC 4648 §5).
public enum Base64URL {
    /// The text of any bytes.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = Data(bytes).base64EncodedString()
        text.replace("+", with: "-")
        text.replace("/", with: "_")
        text.replace("=", with: "")
        return text
    }

    /// The bytes of a text; `nil` when it has other characters, or padding.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.allSatisfy({ !"+/=".utf8.contains($0) }) else { return nil }
        var text = String(text)
        text.replace("-", with: "+")
        text.replace("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text).map(Array.init)
    }
}
