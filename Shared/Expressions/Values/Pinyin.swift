import Foundation
import Synchronization

/// How Chinese characters are spoken, as ICU has it: each by itself, so that of several readings it is the commonest.
enum Pinyin {
    /// The syllables and words of a text, in lower case, without tones; `ü` as `v`, which keyboards have.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var rest = Substring(text)
        while let first = rest.first {
            let isHan = isSpoken(first)
            let run = rest.prefix { isSpoken($0) == isHan }
            rest = rest.dropFirst(run.count)
            if isHan {
                words += run.flatMap(syllables)
            } else {
                words += run.split { !$0.isLetter && !$0.isNumber }.map { $0.lowercased() }
            }
        }
        return words
    }

    private static func isSpoken(_ character: Character) -> Bool {
        character.unicodeScalars.first?.properties.isIdeographic ?? false
    }

    /// What each character was found to be: ICU takes long for one, and a directory's names are made of a few thousand.
    private static let known = Mutex<[Character: [String]]>([:])

    private static func syllables(of character: Character) -> [String] {
        if let known = known.withLock({ $0[character] }) { return known }
        let toned = String(character).applyingTransform(.mandarinToLatin, reverse: false) ?? String(character)
        let syllables = toned.split(separator: " ").map { String(String.UnicodeScalarView($0.decomposedLetters)) }
        // What combines several scalars, of which there is no end, is not kept.
        if character.unicodeScalars.count == 1 { known.withLock { $0[character] = syllables } }
        return syllables
    }
}

extension Substring {
    /// The letters without their marks, and without what chooses among a character's shapes.
    fileprivate var decomposedLetters: [Unicode.Scalar] {
        var letters: [Unicode.Scalar] = []
        for scalar in String(self).decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar == "\u{308}", letters.last == "u" {
                letters[letters.count - 1] = "v"
            } else if scalar.properties.canonicalCombiningClass == .notReordered, !scalar.properties.isVariationSelector
            {
                letters.append(scalar)
            }
        }
        return letters
    }
}
