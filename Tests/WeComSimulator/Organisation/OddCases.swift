/// The few people with whom directories go wrong in practice (wecom.md §8).
enum OddCases {
    static func apply(to user: inout User, at index: Int) {
        switch index % 211 {
        case 3: user.email = nil
        case 4: user.mobile = ""
        case 5: user.mobile = nil
        case 6: user.bizMail = nil
        case 8: user.employeeNumber = nil
        default: break
        }
        switch index % 503 {
        case 10: user.name = String(String(repeating: user.name, count: 32).prefix(64))
        case 11: user.name += "😀"
        case 12: user.name = "O'\"\(user.name)\"\\n"
        case 13: user.name = "𠮷\(user.name)"
        case 14: user.name = user.id
        case 15: user.name = "Jean-Luc \(user.name)"
        case 16: user.address = "广东省深圳市南山区科技园 \(index) 号"
        default: break
        }
        switch index % 1009 {
        case 18: user.position = "高级\t工程师"
        case 19: user.alias = "a\u{1F}b"
        default: break
        }
        switch index % 120 {
        case 20, 60, 100: user.status = .notActivated
        case 30, 90: user.status = .disabled
        default: break
        }
        if index % 5000 == 40 { user.status = .left }
    }
}
