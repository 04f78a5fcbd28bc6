import Sealing

/// What a device shows and a person types (RFC 8628 §6.1): eight consonants, of which no words come, and none of which
/// is taken for another one.
struct UserCode: Equatable, Sendable {
    /// As it is shown, such as `WDJB-MJHT`.
    let text: String

    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ")
    private static let length = 8

    /// A new one, of 2.5·10¹⁰.
    static func make() -> UserCode { UserCode(letters: RandomText.make(length, of: alphabet)) }

    /// Reads what somebody typed, whatever its case and whatever stands between the letters; `nil` where it is no code.
    init?(_ typed: String) {
        let letters = typed.uppercased().filter { Self.alphabet.contains($0) }
        guard letters.count == Self.length else { return nil }
        self.init(letters: letters)
    }

    private init(letters: String) {
        text = "\(letters.prefix(Self.length / 2))-\(letters.suffix(Self.length / 2))"
    }

    /// What is kept of it.
    var digest: [UInt8] { Ticket.digest(of: "device/\(text)") }
}
