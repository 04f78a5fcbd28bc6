import Foundation

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
                words += syllables(of: String(run))
            } else {
                words += run.split { !$0.isLetter && !$0.isNumber }.map { $0.lowercased() }
            }
        }
        return words
    }

    private static func isSpoken(_ character: Character) -> Bool {
        character.unicodeScalars.first?.properties.isIdeographic ?? false
    }

    private static func syllables(of text: String) -> [String] {
        let toned = text.applyingTransform(.mandarinToLatin, reverse: false) ?? text
        return toned.split(separator: " ").map { String(String.UnicodeScalarView($0.decomposedLetters)) }
    }
}

extension Substring {
    /// The letters without their marks.
    fileprivate var decomposedLetters: [Unicode.Scalar] {
        var letters: [Unicode.Scalar] = []
        for scalar in String(self).decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar == "\u{308}", letters.last == "u" {
                letters[letters.count - 1] = "v"
            } else if scalar.properties.canonicalCombiningClass == .notReordered {
                letters.append(scalar)
            }
        }
        return letters
    }
}
