import Foundation

/// What services say in English, in another language; the English sentence is the key, as with gettext.
///
/// A key has places for what differs, numbered from the left: `{1}` stands for data, which is looked up in its turn and
/// stays as it is where it is not known; `{1:sentence}` for a sentence without which the whole is not known, either. Where
/// several keys fit, the most literal one does. Services write some sentences as parts of others, so that a capital at
/// the beginning and a full stop at the end make no difference.
public struct Phrasebook: Sendable {
    /// How deep sentences stand in sentences: what a run says is quoted, with an explanation of WeCom's code in it.
    private static let depth = 3
    /// No service says more at once, in bytes; what is longer is not looked up, as somebody else has written it.
    private static let longest = 2_048
    /// What stands between two sentences, or before a sentence that another one tells.
    private static let borders = [Array(". ".utf8), Array(": ".utf8)]

    private let whole: [[UInt8]: Phrase]
    private let withPlaces: [Phrase]

    /// - Parameter phrases: The English sentence and the other language's.
    /// - Throws: Where the places of a phrase are not as they should be.
    public init(_ phrases: [String: String]) throws {
        let all = try phrases.map { try Phrase($0.key, $0.value) }
        whole = Dictionary(all.filter { $0.places.isEmpty }.map { ($0.pieces[0], $0) }) { first, _ in first }
        withPlaces = all.filter { !$0.places.isEmpty }.sorted {
            ($0.literals, $0.key) > ($1.literals, $1.key)
        }
    }

    /// The book that was built with the program, in Chinese; it is read once.
    public static func load() throws -> Phrasebook { try built.get() }

    private static let built = Result { try Phrasebook(try phrases()) }

    /// All English sentences and the Chinese ones, of all files.
    public static func phrases() throws -> [String: String] {
        let folder = Bundle.module.bundleURL.appending(path: "Sentences")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.reduce(into: [:]) { phrases, file in
            let more = try JSONDecoder().decode([String: String].self, from: try Data(contentsOf: file))
            phrases.merge(more) { $1 }
        }
    }

    /// The sentence in the other language; nil where it is not in the book.
    public func translation(of text: String) -> String? {
        let bytes = Array(text.utf8)
        return bytes.count <= Self.longest ? translation(of: bytes[...], Self.depth) : nil
    }

    private func translation(of text: ArraySlice<UInt8>, _ depth: Int) -> String? {
        guard depth > 0, !text.isEmpty else { return nil }
        let isClosed = text.last == UInt8(ascii: ".")
        let core = isClosed ? text.dropLast() : text
        let end = isClosed ? "。" : ""
        if let phrase = whole[Phrase.beginning(of: core)] { return phrase.filled(with: []) + end }
        let fitting = withPlaces.lazy.compactMap { phrase in phrase.values(in: core).map { (phrase, $0) } }
        // Data may hold what parts sentences, and mostly does not: then more sentences than the phrase has went into it.
        for maySpan in [false, true] {
            for (phrase, values) in fitting {
                if let filled = filled(phrase, values, maySpan, depth) { return filled + end }
            }
        }
        return nil
    }

    private func filled(
        _ phrase: Phrase,
        _ values: [ArraySlice<UInt8>],
        _ maySpan: Bool,
        _ depth: Int
    ) -> String? {
        var shown: [String] = []
        for (place, value) in zip(phrase.places, values) {
            let known = translation(of: value, depth - 1)
            let isWhole = maySpan || !Self.borders.contains { value.contains($0) }
            if known == nil && (place == .sentence || !isWhole) { return nil }
            shown.append(known ?? String(decoding: value, as: UTF8.self))
        }
        return phrase.filled(with: shown)
    }
}
