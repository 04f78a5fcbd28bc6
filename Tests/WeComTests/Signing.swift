import Crypto

/// The signature of a callback, made apart from the code under test.
enum Signing {
    static func signature(_ parts: String...) -> String {
        let text = parts.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self)
        let hex = Array("0123456789abcdef")
        return Insecure.SHA1.hash(data: text).map { "\(hex[Int($0 >> 4)])\(hex[Int($0 & 15)])" }.joined()
    }
}
