import Foundation
import Testing

@testable import Expressions

@Suite(.timeLimit(.minutes(5)))
struct PatternTests {
    @Test(
        "patterns find what they describe",
        arguments: [
            ("^a+b?$", ["a", "aab"], ["", "b", "abb"]), ("(ab|cd){2}", ["abcd", "xcdabx"], ["ab", "abxcd"]),
            ("[^0-9]", ["1a"], ["12", ""]), ("[]a]", ["]", "a"], ["b"]), ("[a-]", ["-"], ["b"]),
            ("a.c", ["a中c"], ["a\nc"]),
            ("\\w+@\\w+\\.com", ["张三@corp.com"], ["@corp.com"]), ("^\\d{3,4}$", ["123", "1234"], ["12", "12345"]),
            ("^(a|)$", ["", "a"], ["b"]), ("a|^$", ["", "xa"], ["b"]), ("\\.", ["."], ["a"]), ("x{0}y", ["y"], ["x"]),
            ("(?:a){2,}", ["aaa"], ["a"]), ("", ["", "x"], []), ("\\s", ["　"], ["x"]),
        ] as [(String, [String], [String])]
    )
    func table(source: String, found: [String], not: [String]) throws {
        let pattern = try Pattern(source)
        for text in found { #expect(pattern.isFound(in: text), "\(source) in \(text)") }
        for text in not { #expect(!pattern.isFound(in: text), "\(source) in \(text)") }
    }

    @Test("random patterns find what another engine finds", arguments: 0..<400)
    func differences(seed: Int) throws {
        var random = RandomSource(seed: seed)
        let source = random.pattern(depth: 3)
        guard let pattern = try? Pattern(source) else { return }
        let other = try NSRegularExpression(pattern: source)
        for _ in 0..<20 {
            let text = random.word(upTo: 8)
            let range = NSRange(text.startIndex..., in: text)
            #expect(
                pattern.isFound(in: text) == (other.firstMatch(in: text, range: range) != nil),
                "\(source) in \(text)"
            )
        }
    }

    @Test("counts of counts of nothing end", arguments: ["", "x{0}", "(?:)", "x{0,0}"])
    func empty(part: String) throws {
        let nested = (0..<6).reduce(part) { source, _ in "(\(source)){200}" }
        let pattern = try Pattern("a\(nested)b")
        #expect(pattern.states.count == 3)
        #expect(pattern.isFound(in: "xaby") && !pattern.isFound(in: "a b"))
    }

    @Test("what runs away elsewhere takes time by the text's length here")
    func runaway() throws {
        let text = String(repeating: "a", count: 2_000)
        let clock = ContinuousClock()
        for source in ["^(a+)+$x", "(a|a)*b", "(a*)*c", "^(a|aa)+$b"] {
            let pattern = try Pattern(source)
            let time = clock.measure { #expect(!pattern.isFound(in: text)) }
            #expect(time < .seconds(20), "\(source)")
        }
    }
}
