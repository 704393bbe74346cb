import js from "@eslint/js"
import globals from "globals"

export default [
  { ignores: [".venv/", "node_modules/"] },
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["app/frontend/components/**/*.js", "app/web/*.js", "app/backend/takeaway/report/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-restricted-globals": ["error", "event", "name", "status", "top", "parent"], // window's, and easily meant otherwise
      "no-restricted-syntax": [
        "error",
        { selector: "MemberExpression[property.name=/^(inner|outer)HTML$|^insertAdjacentHTML$/]", message: "Text goes in as text." },
      ],
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
]
