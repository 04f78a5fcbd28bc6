import HTTPTypes
import Hummingbird
import WeCom

extension Pages {
    /// The page of a failed logon: for the person, in words that give a stranger nothing. What stands behind it operators
    /// find under the diagnosis id.
    ///
    /// - Parameters:
    ///   - again: Where another attempt begins.
    ///   - back: What the client is answered, where there is one.
    func refused(
        _ refusal: Refusal,
        _ diagnosis: Diagnosis,
        again: String?,
        back: AuthorizationAnswer?
    ) -> Response {
        let words = refusal.reason.explanation
        let page = Page.Refused(
            chinese: words.chinese,
            english: words.english,
            chineseActor: refusal.actor.chinese,
            englishActor: refusal.actor.english,
            chineseFix: words.chineseFix,
            englishFix: words.englishFix,
            reason: diagnosis.reason,
            diagnosis: diagnosis.id,
            again: again,
            back: back?.responseMode == .query ? back?.uri : nil,
            backForm: back?.responseMode == .formPost ? back?.form : nil
        )
        var response = response(.refused(page), status: refusal.reason.status)
        if let wait = refusal.retryAfter { response.headers[.retryAfter] = "\(wait)" }
        return response
    }
}

extension LogonReason {
    /// The status of the page.
    var status: HTTPResponse.Status {
        switch self {
        case .unknownEnterprise: .notFound
        case .stateUnknown, .stateExpired, .stateReplayed, .codeExpired, .denied: .badRequest
        case .wecomUnavailable, .configurationUnknown, .serviceUnavailable: .serviceUnavailable
        case .tooManyTries: .tooManyRequests
        case .internal: .internalServerError
        default: .forbidden
        }
    }
}

extension ResponsibleParty {
    fileprivate var chinese: String {
        switch self {
        case .enterpriseAdministrator, .tenantAdministrator: "企业管理员"
        case .employee: "您本人"
        case .operator: "服务运营人员"
        }
    }

    fileprivate var english: String {
        switch self {
        case .enterpriseAdministrator, .tenantAdministrator: "your enterprise's administrator"
        case .employee: "you"
        case .operator: "the operator of this service"
        }
    }
}
