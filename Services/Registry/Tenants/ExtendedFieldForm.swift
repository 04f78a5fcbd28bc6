import Messages
import Runtime

/// What a request says of an extended field; what it leaves out is nil and stays as it is.
struct ExtendedFieldForm: Sendable {
    var titles: [String: String]?
    var type: ExtendedField.ValueType?
    var options: [String]?
    var isRequired: Bool?
    var isVisible: Bool?

    /// A new field: its key is a lower-case letter, then letters, digits and `_`; at most 40.
    static let new = Form.object { form throws(Mistakes) -> (key: String, form: ExtendedFieldForm)? in
        let key = form.required("key", Self.key)
        let field = ExtendedFieldForm(&form, isNew: true)
        guard let key, field.titles != nil else { return nil }
        return (key, field)
    }

    /// A change of one.
    static let change = Form.object { form throws(Mistakes) -> ExtendedFieldForm? in
        ExtendedFieldForm(&form, isNew: false)
    }

    private init(_ form: inout Form, isNew: Bool) {
        titles = isNew ? form.required("titles", Self.titles) : form.optional("titles", Self.titles)
        type = form.optional("type", Rule<ExtendedField.ValueType>.word)
        options = form.optional("options", Self.options)
        isRequired = form.optional("isRequired", .boolean)
        isVisible = form.optional("isVisible", .boolean)
    }

    /// The field with what the request gives. Throws ``Problem`` 400 where type and options do not fit.
    func applied(to field: ExtendedField) throws -> ExtendedField {
        var changed = field
        changed.titles = titles ?? field.titles
        changed.type = type ?? field.type
        changed.isRequired = isRequired ?? field.isRequired
        changed.isVisible = isVisible ?? field.isVisible
        changed.options = options ?? (changed.type == .choice ? field.options : [])
        if changed.type == .choice, changed.options.isEmpty {
            throw Problem.invalid([FieldError("options", "Give what there is to choose from.")])
        }
        if changed.type != .choice, !changed.options.isEmpty {
            throw Problem.invalid([FieldError("options", "Leave the options out, or give \"type\": \"choice\".")])
        }
        return changed
    }

    private static let key = Rule<String>.text(1...40).then { key throws(Mistakes) in
        guard let first = key.first, first.isASCII, first.isLowercase,
            key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { throw Mistakes("Give a lower-case letter, then letters, digits and _, such as costCenter.") }
        guard DirectoryField(rawValue: key) == nil else { throw Mistakes("Every directory has the field \(key).") }
        return key
    }

    private static let title = Rule<String>.title(1...100)

    private static let titles = Rule<[String: String]> { json throws(Mistakes) in
        guard case .object(let members) = json, (1...20).contains(members.count) else {
            throw Mistakes("Give 1 to 20 titles by language, such as {\"zh\": \"成本中心\", \"en\": \"Cost centre\"}.")
        }
        var (titles, mistakes): ([String: String], [FieldError]) = ([:], [])
        for (language, value) in members.sorted(by: { $0.key < $1.key }) {
            guard language.wholeMatch(of: /[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}/) != nil else {
                mistakes.append(FieldError(String(language.prefix(40)), "Give a language such as zh or en-GB."))
                continue
            }
            do throws(Mistakes) {
                titles[language] = try title.read(value)
            } catch {
                mistakes += error.all.map { $0.within(language) }
            }
        }
        guard mistakes.isEmpty else { throw Mistakes(mistakes) }
        return titles
    }

    private static let options = title.list(upTo: 200).then { options throws(Mistakes) in
        guard Set(options).count == options.count else { throw Mistakes("Give each option once.") }
        return options
    }
}
