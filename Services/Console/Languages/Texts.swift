import Foundation
import Phrases

/// All that the pages say, in one language.
///
/// Each group of texts is a file of `Texts/`, in which a key has the English and the Chinese text side by side, so that
/// none lacks a language. Templates read `{{t.group.key}}`, programs `texts["group.key"]`.
struct Texts: Sendable {
    /// A file of texts that is not as it should be.
    struct Flaw: Error, CustomStringConvertible {
        let description: String
    }

    let language: Language
    /// By group and key, as templates read them.
    let groups: [String: [String: String]]
    /// What services say, in this language; nil for the one that they speak.
    var phrasebook: Phrasebook?

    /// The text; its key in brackets where there is none, which tests look for.
    subscript(key: String) -> String { find(key) ?? "⟦\(key)⟧" }

    /// The text with values in the places that are named by them in braces.
    subscript(key: String, values: KeyValuePairs<String, String>) -> String {
        values.reduce(self[key]) { Self.fill($1.key, of: $0, with: $1.value) }
    }

    /// The text with a number in a place, and with the words that go with it: `{count} {count|person|people}`.
    func counted(
        _ key: String,
        _ count: Int,
        as place: String = "count",
        _ values: KeyValuePairs<String, String> = [:]
    ) -> String {
        Self.fill(place, of: self[key, values], with: number(count))
    }

    /// Puts a value where a text has its place, and where a text has two words for it, the first of them for one and the
    /// second for any other number. Byte by byte: `replacing` would take most of the time of a page that has thousands of
    /// them.
    private static func fill(_ place: String, of text: String, with value: String) -> String {
        var (filled, rest) = ("", text[...])
        while let start = rest.utf8.firstIndex(of: UInt8(ascii: "{")) {
            let behind = rest.utf8[start...].dropFirst()
            filled += rest[..<start]
            guard behind.starts(with: place.utf8),
                let (word, end) = substitute(behind.dropFirst(place.utf8.count), value)
            else {
                filled += "{"
                rest = rest[behind.startIndex...]
                continue
            }
            filled += word
            rest = rest[end...]
        }
        return filled + rest
    }

    /// What is put into a place by what is behind its name, and where the place ends; nil where it is none.
    private static func substitute(
        _ behind: Substring.UTF8View,
        _ value: String
    ) -> (text: String, end: String.Index)? {
        guard let close = behind.firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let end = behind.index(after: close)
        let inside = behind[..<close]
        guard !inside.isEmpty else { return (value, end) }
        let words = inside.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        guard words.count == 3, words[0].isEmpty else { return nil }
        return (String(decoding: value == "1" ? words[1] : words[2], as: UTF8.self), end)
    }

    /// The text, if there is one.
    func find(_ key: String) -> String? {
        let parts = key.split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        return groups[String(parts[0])]?[String(parts[1])]
    }

    /// What a service says: in this language where the phrasebook has it, else in the service's own.
    func sentence(_ english: String) -> Sentence {
        let known = phrasebook?.translation(of: english)
        return Sentence(text: known ?? english, lang: (known == nil ? Language.english : language).rawValue)
    }

    /// What stands between the parts of a list.
    var comma: String { language == .chinese ? "、" : ", " }

    /// A number as people read it.
    func number(_ number: Int) -> String {
        var digits = String(abs(number))
        var index = digits.endIndex
        while let next = digits.index(index, offsetBy: -3, limitedBy: digits.startIndex), next > digits.startIndex {
            digits.insert(",", at: next)
            index = next
        }
        return (number < 0 ? "-" : "") + digits
    }

    /// Loads all texts that were built with the program.
    ///
    /// - Throws: ``Flaw`` where a key lacks a language, an error where a phrase is not as it should be.
    static func load() throws -> [Language: Texts] {
        let folder = Bundle.module.bundleURL.appending(path: "Texts")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
        var groups: [String: [String: [String]]] = [:]
        for file in files {
            let name = file.deletingPathExtension().lastPathComponent
            groups[name] = try JSONDecoder().decode([String: [String]].self, from: try Data(contentsOf: file))
        }
        for (group, texts) in groups {
            for (key, languages) in texts where languages.count != Language.allCases.count || languages.contains("") {
                throw Flaw(description: "the text \(group).\(key) lacks a language")
            }
        }
        let phrasebook = try Phrasebook.load()
        return Dictionary(
            uniqueKeysWithValues: Language.allCases.map { language in
                let ours = groups.mapValues { $0.mapValues { $0[language.index] } }
                let book = language == .english ? nil : phrasebook
                return (language, Texts(language: language, groups: ours, phrasebook: book))
            }
        )
    }
}
