public import Hummingbird
public import Sealing

extension Request {
    /// The token of `Authorization: Bearer …` (RFC 6750 §2.1), whose scheme is spelt in either case (RFC 9110 §11.1);
    /// `nil` without one, or with something else.
    public var bearerToken: Secret? {
        guard let header = headers[.authorization] else { return nil }
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return Secret(String(words[1]))
    }
}
