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
        guard let first = character.unicodeScalars.first else { return false }
        // What Unicode says of a scalar takes long to be found, and most are of one of these.
        switch first.value {
        case ..<0x3000: return false
        case 0x4E00...0x9FFF: return true
        default: return first.properties.isIdeographic
        }
    }

    /// What each character was found to be: ICU takes long for one, and a directory's names are made of a few thousand.
    private static let known = Mutex<[UInt32: [String]]>([:])

    private static func syllables(of character: Character) -> [String] {
        let scalars = character.unicodeScalars
        // What combines several scalars, of which there is no end, is not kept.
        guard let scalar = scalars.first?.value, scalars.count == 1 else { return spoken(character) }
        if let known = known.withLock({ $0[scalar] }) { return known }
        let syllables = spoken(character)
        known.withLock { $0[scalar] = syllables }
        return syllables
    }

    private static func spoken(_ character: Character) -> [String] {
        let toned = String(character).applyingTransform(.mandarinToLatin, reverse: false) ?? String(character)
        return toned.split(separator: " ").map { String(String.UnicodeScalarView($0.decomposedLetters)) }
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
