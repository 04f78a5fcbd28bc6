import Messages
import Runtime
import WeCom

/// What WeCom's names of objects may be.
enum ObjectRules {
    /// A user id, as WeCom spells it.
    static let userID = Rule<String> { json throws(Mistakes) in
        guard case .string(let text) = json, isUserID(text) else {
            throw Mistakes("Give a user id as WeCom's \"账号\" spells it, 1 to 64 characters, not \(json.shown).")
        }
        return text
    }

    /// A department's number.
    static let departmentID = Rule<Int>.integer(in: 1...Int(Int32.max)).then { Int64($0) }

    /// A person or a department.
    static let object = Form.object { form throws(Mistakes) -> DirectoryObject? in
        let kind = form.required("kind", Rule<DirectoryObject.Kind>.word)
        let id = form.required("externalID", Rule<String>.text(1...129))
        guard let kind, let id else { return nil }
        let object = DirectoryObject(kind, id)
        switch kind {
        case .user where !isUserID(id):
            form.add("Give a user id as WeCom's \"账号\" spells it, 1 to 64 characters.", to: "externalID")
        case .department where object.departmentID.map({ $0 > 0 && String($0) == id }) != true:
            form.add("Give the department's number as a text, such as \"7\".", to: "externalID")
        default: break
        }
        return object
    }

    private static func isUserID(_ text: String) -> Bool { (try? WeComUserID(text, isEncrypted: false)) != nil }
}
