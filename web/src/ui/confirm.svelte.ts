// "Are you sure?" as one awaited call. <Confirms> shows the questions.
export type Question = {
  title: string;
  text?: string;
  /** The word on the button that does it. */
  action: string;
  danger?: boolean;
  /** A word that has to be typed first, for what cannot be undone. */
  type?: string;
};

export const asked = $state<{ question?: Question; answer?: (yes: boolean) => void }>({});

export function confirm(question: Question): Promise<boolean> {
  asked.answer?.(false);
  return new Promise((answer) => {
    asked.question = question;
    asked.answer = answer;
  });
}
