import Foundation

/// Values that are hard to carry, different in each run.
enum RandomValues {
    private static let characters: [Character] = [
        "a", "Z", "0", " ", "\"", "'", "\\", "{", "}", ",", "\n", "\r", "\t", "\u{8}", "\u{1}", "\u{7F}", "%", "$", "N",
        "é", "ß", "王", "李", "👩‍👩‍👧", "🏳️‍🌈", "\u{202E}", "\u{FEFF}", "e\u{301}", "\u{10FFFF}",
    ]

    static func string() -> String {
        switch Int.random(in: 0..<12) {
        case 0: ""
        case 1: "NULL"
        case 2: "null"
        case 3: #"\N"#
        case 4: #"\."#
        case 5: #"\x00"#
        default: String((0..<Int.random(in: 0...40)).map { _ in characters.randomElement() ?? "x" })
        }
    }

    static func int64() -> Int64 {
        [.min, .max, 0, -1, Int64.random(in: .min ... .max)].randomElement() ?? 0
    }

    static func double() -> Double {
        [
            0, -0.0, 1 / 3, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .pi,
            Double.random(in: -1e9...1e9),
        ].randomElement() ?? 0
    }

    static func bytes() -> [UInt8] {
        (0..<Int.random(in: 0...64)).map { _ in .random(in: 0...255) }
    }

    static func array<Element>(_ make: () -> Element) -> [Element] {
        (0..<Int.random(in: 0...6)).map { _ in make() }
    }

    static func optional<Value>(_ make: () -> Value) -> Value? {
        Int.random(in: 0..<4) == 0 ? nil : make()
    }
}
