import Crypto
import FoundationEssentials
import Messages

/// A diagnosis id that tells reason and minute by itself, so that nothing has to be kept for whoever asks to be refused.
///
/// It has the form of all others. Its check digits find mistakes of typing; they are no proof, and need be none: who
/// makes one up learns nothing by it.
struct DiagnosisNumber: Equatable, Sendable {
    /// Why.
    let reason: LogonReason
    /// When, to the minute.
    let time: Timestamp

    private let minutes: UInt64

    private static let alphabet = Array("ABCDEFGHJKMNPQRSTUVWXYZ23456789")
    private static let length = 12
    /// 2026-01-01; 24 bits of minutes last for 31 years.
    private static let beginning: Int64 = 1_767_225_600_000

    init(_ reason: LogonReason, at time: Timestamp) {
        let minutes = max((time.millisecondsSince1970 - Self.beginning) / 60_000, 0)
        self.init(reason, minutes: UInt64(minutes) & 0xFF_FFFF)
    }

    private init(_ reason: LogonReason, minutes: UInt64) {
        self.reason = reason
        self.minutes = minutes
        time = Timestamp(millisecondsSince1970: Self.beginning + Int64(minutes) * 60_000)
    }

    /// Reads an id; `nil` for one that tells nothing by itself.
    init?(_ id: String) {
        let digits = id.uppercased().filter { $0 != "-" }.map { Self.alphabet.firstIndex(of: $0) }
        guard digits.count == Self.length else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard let digit else { return nil }
            value = value &* UInt64(Self.alphabet.count) &+ UInt64(digit)
        }
        let (minutes, mark) = (value >> 35, value & 0x7_FFFF_FFFF)
        guard let reason = LogonReason.allCases.first(where: { Self.mark($0, minutes) == mark }) else { return nil }
        self.init(reason, minutes: minutes)
    }

    /// What the person is shown.
    var id: String {
        var value = minutes << 35 | Self.mark(reason, minutes)
        var text = ""
        for position in 0..<Self.length {
            if position > 0, position % 4 == 0 { text.append("-") }
            text.append(Self.alphabet[Int(value % UInt64(Self.alphabet.count))])
            value /= UInt64(Self.alphabet.count)
        }
        return String(text.reversed())
    }

    /// 35 bits that stand for a reason within a minute.
    private static func mark(_ reason: LogonReason, _ minutes: UInt64) -> UInt64 {
        let digest = SHA256.hash(data: Data("\(minutes)/\(reason.rawValue)".utf8))
        return digest.prefix(5).reduce(0) { $0 << 8 | UInt64($1) } & 0x7_FFFF_FFFF
    }
}

extension Diagnosis {
    /// What an id tells by itself.
    init(_ number: DiagnosisNumber) {
        var refusal = Refusal(number.reason)
        refusal.detail = "the id tells reason and minute; nothing more was kept of it"
        self.init(refusal, isKept: false, time: number.time)
    }
}
