/** Types of the concrete syntax tree, made from `grammar/parser.ts` by `npm run gen`. */
import type { CstNode, IToken } from "chevrotain";

export interface ProgramCstNode extends CstNode {
  name: "program";
  children: ProgramCstChildren;
}

export type ProgramCstChildren = {
  item?: ItemCstNode[];
};

export interface ItemCstNode extends CstNode {
  name: "item";
  children: ItemCstChildren;
}

export type ItemCstChildren = {
  attribute?: AttributeCstNode[];
  import?: ImportCstNode[];
  const?: ConstCstNode[];
  block?: BlockCstNode[];
  model?: ModelCstNode[];
  train?: TrainCstNode[];
};

export interface AttributeCstNode extends CstNode {
  name: "attribute";
  children: AttributeCstChildren;
}

export type AttributeCstChildren = {
  At: IToken[];
  Identifier: IToken[];
  LeftParen?: IToken[];
  arguments?: ArgumentsCstNode[];
  RightParen?: IToken[];
};

export interface ImportCstNode extends CstNode {
  name: "import";
  children: ImportCstChildren;
}

export type ImportCstChildren = {
  Import: IToken[];
  LeftBrace: IToken[];
  importedName: ImportedNameCstNode[];
  Comma?: IToken[];
  RightBrace: IToken[];
  From: IToken[];
  StringLiteral: IToken[];
};

export interface ImportedNameCstNode extends CstNode {
  name: "importedName";
  children: ImportedNameCstChildren;
}

export type ImportedNameCstChildren = {
  Identifier: IToken[];
  As?: IToken[];
};

export interface ConstCstNode extends CstNode {
  name: "const";
  children: ConstCstChildren;
}

export type ConstCstChildren = {
  Const: IToken[];
  Identifier: IToken[];
  Equals: IToken[];
  pipeline: PipelineCstNode[];
};

export interface BlockCstNode extends CstNode {
  name: "block";
  children: BlockCstChildren;
}

export type BlockCstChildren = {
  Block: IToken[];
  signature: SignatureCstNode[];
  body: BodyCstNode[];
};

export interface ModelCstNode extends CstNode {
  name: "model";
  children: ModelCstChildren;
}

export type ModelCstChildren = {
  Model: IToken[];
  signature: SignatureCstNode[];
  body: BodyCstNode[];
};

export interface SignatureCstNode extends CstNode {
  name: "signature";
  children: SignatureCstChildren;
}

export type SignatureCstChildren = {
  Identifier: IToken[];
  LeftParen: IToken[];
  parameter?: ParameterCstNode[];
  Comma?: IToken[];
  RightParen: IToken[];
  Arrow?: IToken[];
  result?: ResultCstNode[];
  where?: WhereCstNode[];
};

export interface ParameterCstNode extends CstNode {
  name: "parameter";
  children: ParameterCstChildren;
}

export type ParameterCstChildren = {
  Identifier: IToken[];
  Colon?: IToken[];
  list?: ListCstNode[];
  Equals?: IToken[];
  pipeline?: PipelineCstNode[];
};

export interface ResultCstNode extends CstNode {
  name: "result";
  children: ResultCstChildren;
}

export type ResultCstChildren = {
  list?: ListCstNode[];
  recordType?: RecordTypeCstNode[];
};

export interface RecordTypeCstNode extends CstNode {
  name: "recordType";
  children: RecordTypeCstChildren;
}

export type RecordTypeCstChildren = {
  LeftBrace: IToken[];
  recordTypeField: RecordTypeFieldCstNode[];
  Comma?: IToken[];
  RightBrace: IToken[];
};

export interface RecordTypeFieldCstNode extends CstNode {
  name: "recordTypeField";
  children: RecordTypeFieldCstChildren;
}

export type RecordTypeFieldCstChildren = {
  Identifier: IToken[];
  Colon: IToken[];
  list: ListCstNode[];
};

export interface WhereCstNode extends CstNode {
  name: "where";
  children: WhereCstChildren;
}

export type WhereCstChildren = {
  Where: IToken[];
  chain: ChainCstNode[];
  Comma?: IToken[];
};

export interface TrainCstNode extends CstNode {
  name: "train";
  children: TrainCstChildren;
}

export type TrainCstChildren = {
  Train: IToken[];
  Identifier: IToken[];
  LeftBrace: IToken[];
  setting?: SettingCstNode[];
  RightBrace: IToken[];
};

export interface SettingCstNode extends CstNode {
  name: "setting";
  children: SettingCstChildren;
}

export type SettingCstChildren = {
  Identifier: IToken[];
  Colon: IToken[];
  chain: ChainCstNode[];
};

export interface BodyCstNode extends CstNode {
  name: "body";
  children: BodyCstChildren;
}

export type BodyCstChildren = {
  LeftBrace: IToken[];
  entry?: EntryCstNode[];
  RightBrace: IToken[];
};

export interface EntryCstNode extends CstNode {
  name: "entry";
  children: EntryCstChildren;
}

export type EntryCstChildren = {
  let?: LetCstNode[];
  binding?: BindingCstNode[];
  pipeline?: PipelineCstNode[];
  Comma?: IToken[];
};

export interface LetCstNode extends CstNode {
  name: "let";
  children: LetCstChildren;
}

export type LetCstChildren = {
  Let: IToken[];
  Identifier?: IToken[];
  LeftParen?: IToken[];
  Comma?: IToken[];
  RightParen?: IToken[];
  Equals: IToken[];
  pipeline: PipelineCstNode[];
};

export interface BindingCstNode extends CstNode {
  name: "binding";
  children: BindingCstChildren;
}

export type BindingCstChildren = {
  Identifier: IToken[];
  Equals: IToken[];
  pipeline: PipelineCstNode[];
};

export interface PipelineCstNode extends CstNode {
  name: "pipeline";
  children: PipelineCstChildren;
}

export type PipelineCstChildren = {
  step: StepCstNode[];
  Arrow?: IToken[];
};

export interface StepCstNode extends CstNode {
  name: "step";
  children: StepCstChildren;
}

export type StepCstChildren = {
  label?: LabelCstNode[];
  Colon?: IToken[];
  chain: ChainCstNode[];
};

export interface LabelCstNode extends CstNode {
  name: "label";
  children: LabelCstChildren;
}

export type LabelCstChildren = {
  Identifier?: IToken[];
  StringLiteral?: IToken[];
};

export interface ChainCstNode extends CstNode {
  name: "chain";
  children: ChainCstChildren;
}

export type ChainCstChildren = {
  operand: OperandCstNode[];
  BinaryOperator?: IToken[];
};

export interface OperandCstNode extends CstNode {
  name: "operand";
  children: OperandCstChildren;
}

export type OperandCstChildren = {
  PrefixOperator?: IToken[];
  IntLiteral?: IToken[];
  FloatLiteral?: IToken[];
  StringLiteral?: IToken[];
  True?: IToken[];
  False?: IToken[];
  Identifier?: IToken[];
  parentheses?: ParenthesesCstNode[];
  list?: ListCstNode[];
  body?: BodyCstNode[];
  if?: IfCstNode[];
  repeat?: RepeatCstNode[];
  suffix?: SuffixCstNode[];
};

export interface SuffixCstNode extends CstNode {
  name: "suffix";
  children: SuffixCstChildren;
}

export type SuffixCstChildren = {
  CallParen?: IToken[];
  arguments?: ArgumentsCstNode[];
  RightParen?: IToken[];
  Dot?: IToken[];
  Identifier?: IToken[];
  IndexBracket?: IToken[];
  chain?: ChainCstNode[];
  RightBracket?: IToken[];
};

export interface ArgumentsCstNode extends CstNode {
  name: "arguments";
  children: ArgumentsCstChildren;
}

export type ArgumentsCstChildren = {
  argument?: ArgumentCstNode[];
  Comma?: IToken[];
};

export interface ArgumentCstNode extends CstNode {
  name: "argument";
  children: ArgumentCstChildren;
}

export type ArgumentCstChildren = {
  Identifier?: IToken[];
  Colon?: IToken[];
  pipeline: PipelineCstNode[];
};

export interface ParenthesesCstNode extends CstNode {
  name: "parentheses";
  children: ParenthesesCstChildren;
}

export type ParenthesesCstChildren = {
  LeftParen: IToken[];
  pipeline: PipelineCstNode[];
  Comma?: IToken[];
  RightParen: IToken[];
};

export interface ListCstNode extends CstNode {
  name: "list";
  children: ListCstChildren;
}

export type ListCstChildren = {
  LeftBracket: IToken[];
  pipeline?: PipelineCstNode[];
  Comma?: IToken[];
  RightBracket: IToken[];
};

export interface IfCstNode extends CstNode {
  name: "if";
  children: IfCstChildren;
}

export type IfCstChildren = {
  If: IToken[];
  chain: ChainCstNode[];
  body: BodyCstNode[];
  Else?: IToken[];
};

export interface RepeatCstNode extends CstNode {
  name: "repeat";
  children: RepeatCstChildren;
}

export type RepeatCstChildren = {
  Repeat: IToken[];
  Identifier?: IToken[];
  In?: IToken[];
  chain: ChainCstNode[];
  DotDot?: IToken[];
  body: BodyCstNode[];
};
