/// One thing that the demo found, or should have found.
struct Figure: Equatable {
    enum Value: Equatable {
        case number(Int)
        /// Plain words, so that nothing has to be escaped in JSON.
        case word(String)
    }

    let name: String
    let value: Value

    init(_ name: String, _ number: Int) {
        self.name = name
        value = .number(number)
    }

    init(_ name: String, _ word: String) {
        self.name = name
        value = .word(word)
    }

    /// For people.
    var text: String {
        switch value {
        case .number(let number): "\(number)"
        case .word(let word): word
        }
    }

    /// As a member of a JSON object.
    var json: String {
        switch value {
        case .number(let number): "\"\(name)\":\(number)"
        case .word(let word): "\"\(name)\":\"\(word)\""
        }
    }
}

/// A figure that is not what the product promises.
struct Shortcoming: Equatable, CustomStringConvertible {
    let found: Figure
    let expected: Figure

    var description: String { "\(found.name) is \(found.text), and should be \(expected.text)" }
}
