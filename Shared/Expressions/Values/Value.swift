/// What an expression works with.
package enum Value: Equatable, Sendable {
    /// Nothing is known.
    case absent
    case text(String)
    case number(Double)
    case boolean(Bool)
    case date(CivilDate)
    case list([String])

    /// Whether it says nothing: absent, or a text or list without anything in it.
    package var isEmpty: Bool {
        switch self {
        case .absent: true
        case .text(let text): text.isEmpty
        case .list(let list): list.isEmpty
        case .number, .boolean, .date: false
        }
    }

    /// The value as a text of the directory; nil where there is none.
    package var plainText: String? {
        switch self {
        case .absent: nil
        case .text(let text): text
        case .number(let number): NumberText.text(of: number)
        case .boolean(let flag): flag ? "true" : "false"
        case .date(let date): date.description
        case .list(let list): list.joined(separator: ", ")
        }
    }

    /// Whether it is true: what is not known is not.
    var isTrue: Bool { self == .boolean(true) }
}

/// What a value is, as far as that can be told without a person.
package enum ValueType: String, CaseIterable, Codable, Sendable {
    case text, number, boolean, date, list
    /// The literal `absent`, which goes with every type.
    case absent

    /// As sentences name it.
    var phrase: String {
        switch self {
        case .text: "a text"
        case .number: "a number"
        case .boolean: "true or false"
        case .date: "a date"
        case .list: "a list of texts"
        case .absent: "absent"
        }
    }
}
